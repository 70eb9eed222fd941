import { z } from '../../platform/zod.js'
import type { Sessions } from '../sessions/index.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { parseFields, userFields, type FieldProblem } from '../users/index.js'
import { lockForStepUp, type ReauthenticationRequired } from '../credentials/index.js'
import { creationOptions } from './ceremonies/options.js'
import type { ChallengeTokens } from './challenges/challenge-token.js'
import { listPasskeys } from './passkey.store.js'
import { formatDetails, maxPasskeys } from './registration.js'
import type { RelyingParty } from './relying-party.js'

export interface BeginRegistrationRequest {
  readonly name: string | null
  readonly presenceProof: string | null
  /** Whether the browser creates the passkey without asking the user. */
  readonly isConditional: boolean
}

/** What a browser needs for a ceremony. */
export interface PasskeyChallengeOutcome {
  readonly kind: 'begun'
  readonly challengeToken: string
  readonly options: object
  readonly expiresAt: Date
}

export type BeginRegistrationOutcome =
  | PasskeyChallengeOutcome
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | ReauthenticationRequired
  | { kind: 'too-many-passkeys' | 'session-ended' | 'passkeys-disabled' }

export interface BeginRegistrationDeps {
  readonly relyingParty: RelyingParty | null
  readonly database: Database
  readonly sessions: Sessions
  readonly challengeTokens: ChallengeTokens
}

const inputSchema = z.object({ name: userFields.name.nullable() })

/** Begins the registration of a passkey. Writes nothing. Only this session can finish it. */
export function createBeginRegistration(deps: BeginRegistrationDeps) {
  const { relyingParty, database, sessions, challengeTokens } = deps

  return async (
    viewer: Viewer,
    requested: BeginRegistrationRequest,
  ): Promise<BeginRegistrationOutcome> => {
    if (!relyingParty) return { kind: 'passkeys-disabled' }
    const parsed = parseFields(inputSchema, requested)
    const { isConditional } = requested
    return database.transaction(async (tx) => {
      const stepUp = await lockForStepUp(tx, sessions, viewer, requested.presenceProof)
      if (stepUp.kind !== 'present') return stepUp
      if (!parsed.ok) return { kind: 'invalid-input', problems: parsed.problems }
      const { user } = stepUp
      const passkeys = await listPasskeys(tx, user.id)
      if (passkeys.length >= maxPasskeys) return { kind: 'too-many-passkeys' }
      const { challengeToken, challenge, expiresAt } = challengeTokens.issue(
        { purpose: 'registration', subject: viewer.sessionId },
        formatDetails({ name: parsed.fields.name, isConditional }),
      )
      const ceremony = { relyingParty, challenge, user, passkeys, isConditional }
      return { kind: 'begun', challengeToken, options: creationOptions(ceremony), expiresAt }
    })
  }
}
