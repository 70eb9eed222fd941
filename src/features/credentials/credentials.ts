import type { Audit } from '../audit/index.js'
import type { GuessCount } from '../guesses/index.js'
import type { Budgets, Lockout, Refusals } from '../limits/index.js'
import type { Outbox } from '../mail/index.js'
import type { OneTimeTokens } from '../one-time-tokens/index.js'
import type { Sessions } from '../sessions/index.js'
import { lockForSignIn, recordSignIn, type UserRow } from '../users/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { Ask } from '../../platform/database/hot-statements.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { createCreateAccount } from './create-account.js'
import { createFindRepeat } from './find-repeat.js'
import { lockForStepUp } from './lock-for-step-up.js'
import { createChangePassword } from './passwords/change-password.js'
import { createCheckPassword } from './passwords/check-password.js'
import { createCheckStoredPassword } from './passwords/check-stored-password.js'
import type { HashPopulation, PasswordHasher, PasswordPolicy } from '../passwords/index.js'
import type { Proof } from './proof.js'
import { createRequestPasswordReset } from './passwords/request-password-reset.js'
import { createResetPassword } from './passwords/reset-password.js'

export interface CredentialsNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly hasher: PasswordHasher
  readonly population: HashPopulation
  readonly lockout: Lockout
  readonly guessCount: GuessCount
  readonly budgets: Budgets
  readonly refusals: Refusals
  readonly passwordPolicy: PasswordPolicy
  readonly tokens: OneTimeTokens
  readonly outbox: Outbox
  readonly sessions: Sessions
  readonly audit: Audit
  /** Whether only a verified address may sign in. */
  readonly emailVerificationRequired: boolean
}

/** At least one, all of the same user. */
export type Proofs = readonly [Proof, ...Proof[]]

export type Credentials = ReturnType<typeof createCredentials>

/** What people prove who they are with: their password. */
export function createCredentials(needs: CredentialsNeeds) {
  const { database, clock, hasher, sessions, audit, lockout, guessCount } = needs
  const checkPassword = createCheckPassword(needs)
  const findRepeat = createFindRepeat({ ...needs, checkPassword })

  return {
    hashPassword: hasher.hash,

    ...createCreateAccount(needs),

    checkPassword,
    checkStoredPassword: createCheckStoredPassword(needs),
    findRepeat,
    changePassword: createChangePassword({ ...needs, checkPassword }),
    requestPasswordReset: createRequestPasswordReset(needs),
    resetPassword: createResetPassword({ ...needs, findRepeat }),
    lockForStepUp: (tx: Tx, viewer: Viewer, presenceProof: string | null) =>
      lockForStepUp(tx, sessions, viewer, presenceProof),

    /** Locks the user and says whether somebody may sign in to the account. Proofs are asked after it: see Proof.holds. */
    async lockForSignIn(tx: Tx | Ask, userId: string) {
      const user = await lockForSignIn(tx, userId)
      if (!user) return 'gone' as const
      if (user.disabled) return 'disabled' as const
      if (needs.emailVerificationRequired && !user.verified) return 'unverified' as const
      return 'open' as const
    },

    /** Where and when somebody signed in, and what the proofs leave for the next time. */
    async recordSignIn(tx: Tx | Ask, proofs: Proofs, { network }: RequestInfo) {
      const [{ userId }] = proofs
      await Promise.all([
        recordSignIn(tx, userId, network, clock.now()),
        ...proofs.map((proof) => proof.keep(tx)),
      ])
    },

    /** Has guesses from unknown networks evaluated again; those that wait need not. */
    async unlock({ id: targetId, email }: UserRow) {
      await database.transaction(async (tx) => {
        await guessCount.forgive(tx, email)
        await audit.record(tx, { type: 'USER_UNLOCKED', targetId }, null)
      })
      await lockout.forgive({ account: email, knownNetwork: null })
    },
  }
}
