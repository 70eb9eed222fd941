import type { Audit } from '../audit/index.js'
import {
  lockForStepUp,
  readSignInMethods,
  type ReauthenticationRequired,
} from '../credentials/index.js'
import type { Outbox } from '../mail/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { recoveryCodesRegeneratedEmail } from './emails/recovery-codes-regenerated.email.js'

export type RegenerateRecoveryCodesOutcome =
  | { kind: 'regenerated'; codes: readonly string[] }
  | { kind: 'mfa-not-enabled' }
  | ReauthenticationRequired
  | { kind: 'session-ended' }

export interface RegenerateRecoveryCodesDeps {
  readonly database: Database
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
  readonly replace: (tx: Tx, userId: string) => Promise<readonly string[]>
}

/** Replaces the viewer's recovery codes. The earlier ones stop working. */
export function createRegenerateRecoveryCodes(deps: RegenerateRecoveryCodesDeps) {
  const { database, sessions, outbox, audit, replace } = deps

  return (
    viewer: Viewer,
    presenceProof: string | null,
    request: RequestInfo,
  ): Promise<RegenerateRecoveryCodesOutcome> =>
    database.transaction(async (tx) => {
      const stepUp = await lockForStepUp(tx, sessions, viewer, presenceProof)
      if (stepUp.kind !== 'present') return stepUp
      const { userId, sessionId } = viewer
      const { hasTotp, passkeys } = await readSignInMethods(tx, userId)
      if (!hasTotp && passkeys === 0) return { kind: 'mfa-not-enabled' }
      const codes = await replace(tx, userId)
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'RECOVERY_CODES_REGENERATED', ...event }, request)
      const { email: recipient, locale } = stepUp.user
      const message = { recipient, accountId: userId, locale }
      await outbox.enqueue(tx, { kind: recoveryCodesRegeneratedEmail, ...message })
      return { kind: 'regenerated', codes }
    })
}
