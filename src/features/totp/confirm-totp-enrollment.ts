import type { Audit } from '../audit/index.js'
import type { Outbox } from '../mail/index.js'
import type { RecoveryCodes } from '../recovery-codes/index.js'
import type { Sessions } from '../sessions/index.js'
import { lockForViewer, type UserRow } from '../users/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Sealer } from '../../platform/crypto/sealer.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { loadTotpCode } from './load-totp-code.js'
import { confirmEnrollment, findEnrollment } from './totp.store.js'
import { totpEnabledEmail } from './emails/totp-enabled.email.js'

export type ConfirmTotpEnrollmentOutcome =
  | { kind: 'enabled'; user: UserRow; recoveryCodes: readonly string[] | null }
  | { kind: 'invalid-mfa-code' }
  | { kind: 'invalid-challenge' }
  | { kind: 'session-ended' }

export interface ConfirmTotpEnrollmentDeps {
  readonly database: Database
  readonly clock: Clock
  readonly sealer: Sealer
  readonly recoveryCodes: RecoveryCodes
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

/** Turns the second factor on. The code proves that the app has the secret. Only the session that began can confirm. */
export function createConfirmTotpEnrollment(deps: ConfirmTotpEnrollmentDeps) {
  const { database, clock, sealer, recoveryCodes, sessions, outbox, audit } = deps

  return async (
    viewer: Viewer,
    text: string,
    request: RequestInfo,
  ): Promise<ConfirmTotpEnrollmentOutcome> => {
    const { parseTotpCode, stepOfCode } = await loadTotpCode()
    const { userId, sessionId } = viewer
    return database.transaction(async (tx) => {
      const user = await lockForViewer(tx, sessions, viewer)
      if (!user) return { kind: 'session-ended' }
      const now = clock.now()
      const enrollment = await findEnrollment(tx, userId)
      const isOpen = enrollment && !enrollment.confirmedAt && enrollment.expiresAt > now
      if (!isOpen || enrollment.sessionId !== sessionId) return { kind: 'invalid-challenge' }
      const code = parseTotpCode(text)
      const secret = await sealer.open(enrollment.sealedSecret)
      const step = code === null ? null : stepOfCode(code, secret, now)
      if (step === null) return { kind: 'invalid-mfa-code' }
      await confirmEnrollment(tx, userId, { confirmedAt: now, lastStep: step })
      const codes = await recoveryCodes.createFirst(tx, userId)
      await sessions.addMethod(tx, sessionId, 'TOTP')
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'TOTP_ENABLED', ...event }, request)
      const { email: recipient, locale } = user
      await outbox.enqueue(tx, { kind: totpEnabledEmail, recipient, accountId: userId, locale })
      return { kind: 'enabled', user, recoveryCodes: codes }
    })
  }
}
