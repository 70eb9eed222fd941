import type { Audit } from '../audit/index.js'
import type { Outbox } from '../mail/index.js'
import { describeClient, type Sessions } from '../sessions/index.js'
import { lockForViewer } from '../users/index.js'
import type { Clock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { loadVerifier } from './ceremonies/load-verifier.js'
import { parseRegistration } from './ceremonies/response-shapes.js'
import type { ChallengeTokens } from './challenges/challenge-token.js'
import { insertUsedChallenge } from './challenges/used-challenge.store.js'
import { passkeyAddedEmail } from './emails/passkey-added.email.js'
import { insertPasskey, listPasskeys, type PasskeyRow } from './passkey.store.js'
import { maxPasskeys, parseDetails } from './registration.js'
import type { RelyingParty } from './relying-party.js'

export interface FinishRegistrationRequest {
  readonly challengeToken: string
  /** From the browser. Attackers choose its shape. */
  readonly response: unknown
}

export type FinishRegistrationOutcome =
  | { kind: 'registered'; passkey: PasskeyRow }
  | {
      kind: 'invalid-challenge' | 'invalid-passkey-response' | 'too-many-passkeys' | 'session-ended'
    }

export interface FinishRegistrationDeps {
  readonly relyingParty: RelyingParty | null
  readonly database: Database
  readonly clock: Clock
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
  readonly challengeTokens: ChallengeTokens
}

/** Finishes the registration of a passkey, in the session that began it. */
export function createFinishRegistration(deps: FinishRegistrationDeps) {
  const { relyingParty, database, clock, sessions, outbox, audit, challengeTokens } = deps

  return async (
    viewer: Viewer,
    { challengeToken, response }: FinishRegistrationRequest,
    request: RequestInfo,
  ): Promise<FinishRegistrationOutcome> => {
    const { userId, sessionId } = viewer
    const use = { purpose: 'registration', subject: sessionId } as const
    const opened = challengeTokens.open(challengeToken, use)
    if (!opened || !relyingParty) return { kind: 'invalid-challenge' }
    const { challenge, details } = opened
    const { name, isConditional } = parseDetails(details)
    const parts = parseRegistration(response)
    const { verifyRegistration } = await loadVerifier()
    const ceremony = { relyingParty, challenge, isConditional }
    const verified = parts && (await verifyRegistration(parts, ceremony))
    if (!verified) return { kind: 'invalid-passkey-response' }
    const { isUserVerified, ...credential } = verified
    const now = clock.now()

    return database.transaction(async (tx) => {
      const user = await lockForViewer(tx, sessions, viewer)
      if (!user) return { kind: 'session-ended' }
      const passkeys = await listPasskeys(tx, userId)
      if (passkeys.length >= maxPasskeys) return { kind: 'too-many-passkeys' }
      // Otherwise the same response could add the passkey again after the user removed it.
      if (!(await insertUsedChallenge(tx, opened))) return { kind: 'invalid-challenge' }
      const passkey = {
        ...credential,
        id: newId(clock),
        userId,
        name: name ?? (describeClient(request.userAgent) || 'Passkey'),
        createdAt: now,
        lastUsedAt: null,
      }
      if (!(await insertPasskey(tx, passkey))) return { kind: 'invalid-passkey-response' }
      // Only a verified user proved two factors. Conditional create does not verify the user.
      if (isUserVerified) await sessions.addMethod(tx, sessionId, 'PASSKEY')
      const { email: recipient, locale } = user
      await outbox.enqueue(tx, { kind: passkeyAddedEmail, recipient, accountId: userId, locale })
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'PASSKEY_ADDED', ...event }, request)
      return { kind: 'registered', passkey }
    })
  }
}
