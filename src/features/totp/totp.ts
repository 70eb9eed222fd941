import type { Audit } from '../audit/index.js'
import { readSignInMethods } from '../credentials/index.js'
import type { Lockout } from '../limits/index.js'
import type { Outbox } from '../mail/index.js'
import type { RecoveryCodes } from '../recovery-codes/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Sealer } from '../../platform/crypto/sealer.js'
import type { Database } from '../../platform/database/database.js'
import { removeInBatches } from '../../platform/database/remove-in-batches.js'
import { createCleanupJob } from '../../platform/jobs.js'
import { createBeginTotpEnrollment } from './begin-totp-enrollment.js'
import { createCheckTotp } from './check-totp.js'
import { createConfirmTotpEnrollment } from './confirm-totp-enrollment.js'
import { createDisableTotp } from './disable-totp.js'
import { createNotifyCodeGuessing } from './notify-code-guessing.js'
import { createSecretRotation } from './secret-rotation.js'
import { deleteExpiredEnrollments, findConfirmedAt } from './totp.store.js'

export interface TotpDeps {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly sealer: Sealer
  readonly lockout: Lockout
  readonly recoveryCodes: RecoveryCodes
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
  /** The name of the service, which apps show. */
  readonly serviceName: string
  /** Multiplies the limit of wrong codes; 0 turns it off. */
  readonly factor: number
}

export type Totp = ReturnType<typeof createTotp>

/** NIST SP 800-63B-4 §3.2.2: no more than 100 consecutive failed attempts. */
const maxFailuresInARow = 100

/** Codes of authenticator apps as a second factor (RFC 6238). */
export function createTotp({ factor, ...deps }: TotpDeps) {
  const { database, clock } = deps
  const maxFailures = factor === 0 ? 2 ** 30 : Math.max(1, Math.round(maxFailuresInARow * factor))
  const notifyGuessing = createNotifyCodeGuessing({ ...deps, maxFailures })
  const rotation = createSecretRotation(deps)
  const { resealIfOutdated } = rotation
  const checkTotp = createCheckTotp({ ...deps, notifyGuessing, resealIfOutdated, maxFailures })

  return {
    begin: createBeginTotpEnrollment(deps),
    confirm: createConfirmTotpEnrollment(deps),
    disable: createDisableTotp({ ...deps, checkTotp }),
    checkSecondFactor: checkTotp,
    checkKeys: () => rotation.checkKeys(),

    /** For the export of the account. */
    async describeFactors(userId: string) {
      const { recoveryCodes } = await readSignInMethods(database.query, userId)
      return { authenticatorAppSince: await findConfirmedAt(database.db, userId), recoveryCodes }
    },

    jobs: [
      ...rotation.jobs,
      createCleanupJob('remove unconfirmed authenticator apps', () =>
        removeInBatches(database, 'totpEnrollments', (tx, batchSize) =>
          deleteExpiredEnrollments(tx, clock.now(), batchSize),
        ),
      ),
    ],
  }
}
