import type { Audit } from '../audit/index.js'
import type { Budgets, Lockout, Refusals } from '../limits/index.js'
import type { Outbox } from '../mail/index.js'
import type { Sessions } from '../sessions/index.js'
import { after, type Clock } from '../../platform/clock.js'
import { isId } from '../../platform/crypto/ids.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { Ask } from '../../platform/database/hot-statements.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { stripEdges } from '../../platform/text.js'
import {
  findUser,
  findUserByEmail,
  findUsers,
  lockForSignIn,
  recordSignIn,
  setDisabled,
  type UserRow,
} from './account.store.js'
import { createCreateAccount } from './create-account.js'
import { createDeleteAccount } from './delete-account.js'
import { createConfirmEmailChange } from './email/confirm-email-change.js'
import { canonicalEmail } from './email/email-address.js'
import type { EmailChanges } from './email/email-changes.js'
import { createRejectEmailChange } from './email/reject-email-change.js'
import { createRequestEmailChange } from './email/request-email-change.js'
import { createRequestEmailVerification } from './email/request-email-verification.js'
import { createUndoEmailChange } from './email/undo-email-change.js'
import { createVerifyEmail } from './email/verify-email.js'
import { createExportAccount } from './export-account.js'
import { createFindRepeat } from './find-repeat.js'
import type { OneTimeTokens } from './one-time-tokens.js'
import { createChangePassword } from './passwords/change-password.js'
import { createCheckPassword, type VerifiedPassword } from './passwords/check-password.js'
import { createCheckStoredPassword } from './passwords/check-stored-password.js'
import { replaceHash } from './passwords/credential.store.js'
import type { GuessCount } from './passwords/guess-count.js'
import type { HashPopulation } from './passwords/hash-population.js'
import { deleteAddresses, rememberAddress } from './passwords/known-address.store.js'
import type { PasswordHasher } from './passwords/password-hasher.js'
import type { PasswordPolicy } from './passwords/password-policy.js'
import { createRecordRefusedGuesses } from './passwords/record-refused-guesses.js'
import { createRequestPasswordReset } from './passwords/request-password-reset.js'
import { createResetPassword } from './passwords/reset-password.js'
import { createUpdateProfile } from './update-profile.js'
import { lockForStepUp } from './lock-for-step-up.js'

export interface AccountNeeds {
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
  readonly changes: EmailChanges
  readonly outbox: Outbox
  readonly sessions: Sessions
  readonly audit: Audit
  /** Whether only a verified address may sign in. */
  readonly emailVerificationRequired: boolean
}

const addressesKeptFor = 30 * 24 * 60 * 60_000
const addressBatch = 500

export type Accounts = ReturnType<typeof createAccounts>

/** People: their profile, their address, their password. */
export function createAccounts(needs: AccountNeeds) {
  const { database, clock, hasher, changes, sessions, audit, lockout, guessCount } = needs
  const checkPassword = createCheckPassword({ ...needs, addressesKeptFor })
  const checkStoredPassword = createCheckStoredPassword(needs)
  const undoEmailChange = createUndoEmailChange({ ...needs, checkStoredPassword })
  const findRepeat = createFindRepeat({ ...needs, checkPassword })

  return {
    find: (id: string) => findUser(database.db, id),

    /** Those of these ids that there are. */
    findMany: (ids: readonly string[]) => findUsers(database.ask, ids),

    /** Like `find`, in one statement for all requests of the same moment. */
    load: database.batch(async (ids: readonly string[]) => {
      const users = new Map((await findUsers(database.ask, ids)).map((user) => [user.id, user]))
      return ids.map((id): UserRow | null => users.get(id) ?? null)
    }),

    /** By id or by address in any spelling. */
    async lookUp(idOrEmail: string): Promise<UserRow | null> {
      const id = stripEdges(idOrEmail)
      if (isId(id)) return findUser(database.db, id)
      const email = canonicalEmail(idOrEmail)
      return email ? findUserByEmail(database.db, email) : null
    },

    /** The address to which the user's is about to change; null when none is. */
    pendingEmail: changes.pending,

    /** The new address that a token confirms; null when it confirms none (any more). */
    newAddressOf: async (token: string) => {
      const found = await changes.toConfirm(token)
      return found.kind === 'valid' ? found.change.newEmail : null
    },

    hashPassword: hasher.hash,

    ...createCreateAccount(needs),

    checkPassword,
    changePassword: createChangePassword({ ...needs, checkPassword }),
    requestPasswordReset: createRequestPasswordReset(needs),
    resetPassword: createResetPassword({ ...needs, findRepeat }),
    requestEmailVerification: createRequestEmailVerification(needs),
    verifyEmail: createVerifyEmail({ ...needs, checkPassword, findRepeat }),
    requestEmailChange: createRequestEmailChange(needs),
    confirmEmailChange: createConfirmEmailChange({ ...needs, checkPassword }),
    rejectEmailChange: createRejectEmailChange({ ...needs, undoEmailChange }),
    updateProfile: createUpdateProfile(needs),
    deleteAccount: createDeleteAccount(needs),
    lockForStepUp: (tx: Tx, viewer: Viewer, presenceProof: string | null) =>
      lockForStepUp(tx, sessions, viewer, presenceProof),
    recordRefusedGuesses: createRecordRefusedGuesses(needs),
    exportAccount: createExportAccount(needs),

    /**
     * Locks the user and says whether the sign-in that was verified before may still complete: a reset
     * or a disabling that came in between wins.
     */
    async lockForSignIn(tx: Tx | Ask, { userId, version }: VerifiedPassword) {
      const user = await lockForSignIn(tx, userId)
      if (user?.version !== version) return 'changed' as const
      if (user.disabled) return 'disabled' as const
      if (needs.emailVerificationRequired && !user.verified) return 'unverified' as const
      return 'open' as const
    },

    /** Where and when somebody signed in, and the password hashed as strongly as today's are. */
    async recordSignIn(
      tx: Tx | Ask,
      { userId, rehash }: VerifiedPassword,
      { network }: RequestInfo,
    ) {
      await Promise.all([
        recordSignIn(tx, userId, network, clock.now()),
        rehash && replaceHash(tx, userId, rehash),
      ])
    },

    /** The address from which somebody registered is one of theirs. */
    rememberAddress: (tx: Tx, userId: string, { network }: RequestInfo) =>
      rememberAddress(tx, userId, network, clock.now()),

    /** Forgets, in batches that hold no lock for long, where accounts signed in from long ago. */
    async forgetAddresses() {
      const before = after(clock.now(), -addressesKeptFor)
      while ((await deleteAddresses(database.db, before, addressBatch)) === addressBatch);
    },

    /** Has guesses from unknown networks evaluated again; those that wait need not. */
    async unlock({ id: targetId, email }: UserRow) {
      await database.transaction(async (tx) => {
        await guessCount.forgive(tx, email)
        await audit.record(tx, { type: 'USER_UNLOCKED', targetId }, null)
      })
      await lockout.forgive({ account: email, knownNetwork: null })
    },

    /** Ends every session at once. False when the account was disabled already. */
    disable: (userId: string) =>
      database.transaction(async (tx) => {
        if (!(await setDisabled(tx, userId, clock.now()))) return false
        await sessions.endOthers(tx, userId, [], 'ACCOUNT_DISABLED')
        await audit.record(tx, { type: 'USER_DISABLED', targetId: userId }, null)
        return true
      }),

    /** False when it was not disabled. */
    enable: (userId: string) =>
      database.transaction(async (tx) => {
        if (!(await setDisabled(tx, userId, null))) return false
        await audit.record(tx, { type: 'USER_ENABLED', targetId: userId }, null)
        return true
      }),
  }
}
