import type { Audit } from '../audit/index.js'
import { codeGuessTarget, type GuessCounter } from '../guesses/index.js'
import type { Lockout, RefusalLog } from '../limits/index.js'
import type { OneTimeTokens } from '../one-time-tokens/index.js'
import type { Sessions } from '../sessions/index.js'
import { lockForSignIn, recordSignIn, type UserRow } from '../users/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'
import { isMultiFactor } from '../../platform/graphql/authentication-method.types.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { createMfaChallenges } from './challenges/mfa-challenges.js'
import { resetCodeFailures } from './code-failures.store.js'
import { createAccountCreator } from './create-account.js'
import { createFindDuplicate } from './find-duplicate.js'
import { lockForStepUp } from './lock-for-step-up.js'
import { createCheckPassword, createResumePassword } from './passwords/check-password.js'
import { createCheckStoredPassword } from './passwords/check-stored-password.js'
import type { HashParameterStats, PasswordHasher } from '../passwords/index.js'
import type { Proof } from './proof.js'

export interface CredentialsDeps {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly hasher: PasswordHasher
  readonly population: HashParameterStats
  readonly lockout: Lockout
  readonly guessCount: GuessCounter
  readonly refusals: RefusalLog
  readonly tokens: OneTimeTokens
  readonly sessions: Sessions
  readonly audit: Audit
  /** Whether sign-in requires a verified address. */
  readonly emailVerificationRequired: boolean
}

/** At least one proof. All belong to the same user. */
export type Proofs = readonly [Proof, ...Proof[]]

export type Credentials = ReturnType<typeof createCredentials>

/** The credentials of users: their passwords. */
export function createCredentials(deps: CredentialsDeps) {
  const { database, clock, hasher, sessions, audit, lockout, guessCount } = deps
  const checkPassword = createCheckPassword(deps)

  return {
    hashPassword: hasher.hash,

    ...createAccountCreator(deps),

    challenges: createMfaChallenges({ ...deps, resumePassword: createResumePassword(deps) }),

    checkPassword,
    checkStoredPassword: createCheckStoredPassword(deps),
    findDuplicate: createFindDuplicate({ ...deps, checkPassword }),
    lockForStepUp: (tx: Tx, viewer: Viewer, presenceProof: string | null) =>
      lockForStepUp(tx, sessions, viewer, presenceProof),

    /** Locks the user and returns the state of the account. Check the proofs afterwards: see Proof.isStillValid. */
    async lockForSignIn(tx: Tx | QueryFn, userId: string) {
      const user = await lockForSignIn(tx, userId)
      if (!user) return 'gone' as const
      if (user.disabled) return 'disabled' as const
      if (deps.emailVerificationRequired && !user.verified) return 'unverified' as const
      return 'open' as const
    },

    /**
     * Stores the network and the time of the sign-in, and lets each proof store its own state. Any two factors reset
     * the count of wrong codes.
     */
    async recordSignIn(tx: Tx | QueryFn, proofs: Proofs, { network }: RequestInfo) {
      const [{ userId }] = proofs
      await Promise.all([
        recordSignIn(tx, userId, network, clock.now()),
        ...proofs.map((proof) => proof.saveAfterSignIn(tx)),
        isMultiFactor(proofs.map(({ method }) => method)) && resetCodeFailures(tx, userId),
      ])
    },

    /** Makes the service evaluate guesses from unknown networks and codes again, and ends the delay of guesses. */
    async unlock({ id: targetId, email }: UserRow) {
      await database.transaction(async (tx) => {
        await guessCount.reset(tx, email)
        await resetCodeFailures(tx, targetId)
        await audit.record(tx, { type: 'USER_UNLOCKED', targetId }, null)
      })
      await lockout.reset({ account: email, knownNetwork: null })
      await lockout.reset(codeGuessTarget(targetId))
    },
  }
}
