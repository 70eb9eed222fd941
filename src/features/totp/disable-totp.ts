import type { Audit } from '../audit/index.js'
import {
  lockForStepUp,
  readSignInMethods,
  type CheckSecondFactor,
  type ReauthenticationRequired,
} from '../credentials/index.js'
import type { Outbox } from '../mail/index.js'
import type { RecoveryCodes } from '../recovery-codes/index.js'
import type { Sessions } from '../sessions/index.js'
import type { UserRow } from '../users/index.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { loadTotpCode } from './load-totp-code.js'
import { deleteTotp } from './totp.store.js'
import { totpDisabledEmail } from './emails/totp-disabled.email.js'

export interface DisableTotpRequest {
  /** A code of the app or a recovery code. */
  readonly code: string
  readonly presenceProof: string | null
}

export type DisableTotpOutcome =
  | { kind: 'disabled'; user: UserRow }
  | { kind: 'invalid-mfa-code' }
  | { kind: 'mfa-not-enabled' }
  | ReauthenticationRequired
  | { kind: 'session-ended' }

export interface DisableTotpDeps {
  readonly database: Database
  readonly checkTotp: CheckSecondFactor
  readonly recoveryCodes: RecoveryCodes
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

/** Removes the viewer's authenticator app. Needs a code besides the presence proof, which the app may have lost. */
export function createDisableTotp(deps: DisableTotpDeps) {
  const { database, checkTotp, recoveryCodes, sessions, outbox, audit } = deps

  return async (
    viewer: Viewer,
    { code, presenceProof }: DisableTotpRequest,
    request: RequestInfo,
  ): Promise<DisableTotpOutcome> => {
    const { userId, sessionId } = viewer
    const allowed = await database.transaction(async (tx) => {
      const stepUp = await lockForStepUp(tx, sessions, viewer, presenceProof)
      if (stepUp.kind !== 'present') return stepUp
      const { hasTotp } = await readSignInMethods(tx, userId)
      return hasTotp ? stepUp : { kind: 'mfa-not-enabled' as const }
    })
    if (allowed.kind !== 'present') return allowed

    const proof = await checkCode(userId, code, request)
    if (!proof) return { kind: 'invalid-mfa-code' }
    const outcome = await database.transaction(async (tx): Promise<DisableTotpOutcome> => {
      const stepUp = await lockForStepUp(tx, sessions, viewer, presenceProof)
      if (stepUp.kind !== 'present') return stepUp
      if (!(await proof.isStillValid(tx))) return { kind: 'invalid-mfa-code' }
      await proof.saveAfterSignIn(tx)
      await deleteTotp(tx, userId)
      await recoveryCodes.deleteUnlessNeeded(tx, userId)
      await sessions.clearPresenceProofs(tx, userId)
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'TOTP_DISABLED', ...event }, request)
      const { email: recipient, locale } = stepUp.user
      await outbox.enqueue(tx, { kind: totpDisabledEmail, recipient, accountId: userId, locale })
      return { kind: 'disabled', user: stepUp.user }
    })
    await Promise.allSettled([proof.resetFailures()])
    return outcome
  }

  /** Six digits are a code of the app; a recovery code is longer. */
  async function checkCode(userId: string, code: string, request: RequestInfo) {
    const { parseTotpCode } = await loadTotpCode()
    const check = parseTotpCode(code) === null ? recoveryCodes.checkSecondFactor : checkTotp
    return check(userId, { code, passkeyResponse: null, challengeToken: '' }, request)
  }
}
