import type { Audit } from '../audit/index.js'
import type { Guess, Lockout } from '../limits/index.js'
import type { Sessions } from '../sessions/index.js'
import { after, type Clock } from '../../platform/clock.js'
import { isId, newId } from '../../platform/crypto/ids.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import {
  deleteAddresses,
  emailExists,
  findCredential,
  findUser,
  findUserByEmail,
  insertUser,
  lockUser,
  readCredentialVersion,
  recordSignIn,
  rememberAddress,
  replaceHash,
  setDisabled,
  type UserRow,
} from './account.store.js'
import { canonicalEmail } from './email-address.js'
import type { PasswordHasher } from './password-hasher.js'
import type { Registration } from './registration.js'

/** A password that was right, and what has to be remembered until the sign-in completes. */
export interface VerifiedPassword {
  readonly userId: string
  readonly version: number
  /** The password under today's parameters, when it was hashed under weaker ones. */
  readonly rehash: string | null
  /** To be forgiven when the sign-in needs nothing more. */
  readonly guess: Guess
}

export type PasswordCheck =
  | { kind: 'right'; password: VerifiedPassword }
  /** `userId` is for the audit log alone; null when there is no such account. */
  | { kind: 'wrong'; userId: string | null }

export interface AccountNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly lockout: Lockout
  readonly sessions: Sessions
  readonly audit: Audit
}

const addressesKeptFor = 30 * 24 * 60 * 60_000
const addressBatch = 500

export type Accounts = ReturnType<typeof createAccounts>

/** People: their profile, their address, their password. */
export function createAccounts(needs: AccountNeeds) {
  const { database, clock, hasher, lockout, sessions, audit } = needs

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

    /**
     * Unknown address and wrong password are one outcome, at one cost, and are slowed down alike: throws
     * RateLimited when the next guess at this account has to wait, right or wrong.
     */
    async checkPassword(
      email: string,
      password: string,
      { network }: RequestInfo,
    ): Promise<PasswordCheck> {
      const canonical = canonicalEmail(email)
      const since = after(clock.now(), -addressesKeptFor)
      const credential = canonical
        ? await findCredential(database.db, canonical, { network, since })
        : null
      const guess = await lockout.takeGuess({
        account: canonical ?? email,
        knownDevice: credential?.fromKnownAddress ? network : null,
      })
      const stored = credential?.hash ?? null
      try {
        const right = await hasher.verify(stored, password)
        // Wrong or right, an outdated hash costs its own verification and today's: else, after the
        // parameters rose, the quick answers would be those of existing accounts.
        const rehash = await rehashIfOutdated(stored, password)
        if (!right || !credential) return { kind: 'wrong', userId: credential?.userId ?? null }
        const { userId, version } = credential
        return { kind: 'right', password: { userId, version, rehash, guess } }
      } catch (error) {
        await guess.withdraw() // nobody looked at it: a busy house locks nobody out
        throw error
      }
    },

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

  async function rehashIfOutdated(stored: string | null, password: string) {
    if (!hasher.shouldRehash(stored, password)) return null
    // A sign-in is not refused because the house is too busy to improve its hash: next time then.
    return hasher.hash(password).catch(() => null)
  }
}
