import { lockForStepUp, type ReauthenticationRequired } from '../credentials/index.js'
import type { Sessions } from '../sessions/index.js'
import { addMs, type Clock } from '../../platform/clock.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Sealer } from '../../platform/crypto/sealer.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { loadTotpCode } from './load-totp-code.js'
import { findEnrollment, saveEnrollment } from './totp.store.js'

export type BeginTotpEnrollmentOutcome =
  | { kind: 'begun'; secret: string; otpauthUri: string; qrCode: string; expiresAt: Date }
  | { kind: 'mfa-already-enabled' }
  | ReauthenticationRequired
  | { kind: 'session-ended' }

export interface BeginTotpEnrollmentDeps {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly sealer: Sealer
  readonly sessions: Sessions
  /** The name of the service, which the app shows. */
  readonly serviceName: string
}

// 10 minutes: long enough to install an app.
const lifetimeMs = 10 * 60_000

/** Creates a secret for the viewer's authenticator app. It counts only after a code confirms it. */
export function createBeginTotpEnrollment(deps: BeginTotpEnrollmentDeps) {
  const { database, clock, random, sealer, sessions, serviceName: issuer } = deps

  return async (
    viewer: Viewer,
    presenceProof: string | null,
  ): Promise<BeginTotpEnrollmentOutcome> => {
    const { newTotpSecret, otpauthUri } = await loadTotpCode()
    const { qrCodeDataUrl } = await import('./qr-code.js')
    const secret = newTotpSecret(random)
    const sealedSecret = await sealer.seal(secret)
    const outcome = await database.transaction(async (tx) => {
      const stepUp = await lockForStepUp(tx, sessions, viewer, presenceProof)
      if (stepUp.kind !== 'present') return stepUp
      const { userId, sessionId } = viewer
      const earlier = await findEnrollment(tx, userId)
      if (earlier?.confirmedAt) return { kind: 'mfa-already-enabled' as const }
      const createdAt = clock.now()
      const expiresAt = addMs(createdAt, lifetimeMs)
      await saveEnrollment(tx, { userId, sessionId, sealedSecret, createdAt, expiresAt })
      return { kind: 'saved' as const, account: stepUp.user.email, expiresAt }
    })
    if (outcome.kind !== 'saved') return outcome
    const { account, expiresAt } = outcome
    const uri = otpauthUri(secret, { issuer, account })
    return { kind: 'begun', secret, otpauthUri: uri, qrCode: qrCodeDataUrl(uri), expiresAt }
  }
}
