import type { Audit } from '../audit/index.js'
import type { Lockout } from '../limits/index.js'
import type { Sessions } from '../sessions/index.js'
import { after, type Clock } from '../../platform/clock.js'
import { isId, newId } from '../../platform/crypto/ids.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import {
  emailExists,
  findUser,
  findUserByEmail,
  insertUser,
  lockUser,
  recordSignIn,
  setDisabled,
  type UserRow,
} from './account.store.js'
import { createChangePassword } from './change-password.js'
import { createCheckPassword, type VerifiedPassword } from './check-password.js'
import { createDeleteAccount } from './delete-account.js'
import { readCredentialVersion, replaceHash } from './credential.store.js'
import { canonicalEmail } from './email-address.js'
import { deleteAddresses, rememberAddress } from './known-address.store.js'
import type { PasswordHasher } from './password-hasher.js'
import type { PasswordPolicy } from './password-policy.js'
import type { Registration } from './registration.js'
import { createUpdateProfile } from './update-profile.js'

export interface AccountNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly lockout: Lockout
  readonly passwordPolicy: PasswordPolicy
  readonly sessions: Sessions
  readonly audit: Audit
}

const addressesKeptFor = 30 * 24 * 60 * 60_000
const addressBatch = 500

export type Accounts = ReturnType<typeof createAccounts>

/** People: their profile, their address, their password. */
export function createAccounts(needs: AccountNeeds) {
  const { database, clock, hasher, sessions, audit } = needs
  const checkPassword = createCheckPassword({ ...needs, addressesKeptFor })

  return {
    find: (id: string) => findUser(database.db, id),

    /** By id or by address in any spelling. */
    async lookUp(idOrEmail: string): Promise<UserRow | null> {
      if (isId(idOrEmail)) return findUser(database.db, idOrEmail)
      const email = canonicalEmail(idOrEmail)
      return email ? findUserByEmail(database.db, email) : null
    },

    hashPassword: hasher.hash,

    create,

    /** On the word of an operator: without a session, and even when registration is closed. */
    async createByOperator(registration: Registration, password: string) {
      const passwordHash = await hasher.hash(password)
      return database.transaction(async (tx) => {
        const created = await create(tx, registration, passwordHash)
        if (created.kind === 'created') {
          await audit.record(tx, { type: 'USER_CREATED', targetId: created.id }, null)
        }
        return created
      })
    },

    checkPassword,
    changePassword: createChangePassword({ ...needs, checkPassword }),
    updateProfile: createUpdateProfile(needs),
    deleteAccount: createDeleteAccount(needs),

    /**
     * Locks the user and says whether the sign-in that was verified before may still complete: a reset
     * or a disabling that came in between wins.
     */
    async lockForSignIn(
      tx: Tx,
      { userId, version, rehash }: VerifiedPassword,
      { network }: RequestInfo,
    ) {
      const user = await lockUser(tx, userId)
      if (!user || (await readCredentialVersion(tx, userId)) !== version) return 'changed' as const
      if (user.disabled) return 'disabled' as const
      if (rehash) await replaceHash(tx, userId, rehash)
      await recordSignIn(tx, userId, network, clock.now())
      return 'open' as const
    },

    /** The address from which somebody registered is one of theirs. */
    rememberAddress: (tx: Tx, userId: string, { network }: RequestInfo) =>
      rememberAddress(tx, userId, network, clock.now()),

    /** Forgets, in batches that hold no lock for long, where accounts signed in from long ago. */
    async forgetAddresses() {
      const before = after(clock.now(), -addressesKeptFor)
      while ((await deleteAddresses(database.db, before, addressBatch)) === addressBatch);
    },

    /** Ends every session at once. False when the account was disabled already. */
    disable: (userId: string) =>
      database.transaction(async (tx) => {
        if (!(await setDisabled(tx, userId, clock.now()))) return false
        await sessions.endOthers(tx, userId, null, 'ACCOUNT_DISABLED')
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

  async function create(tx: Tx, registration: Registration, passwordHash: string) {
    const id = newId(clock)
    if (await insertUser(tx, { ...registration, id, passwordHash, createdAt: clock.now() })) {
      return { kind: 'created' as const, id }
    }
    const taken = (await emailExists(tx, registration.email)) ? 'email-taken' : 'username-taken'
    return { kind: taken } as const
  }
}
