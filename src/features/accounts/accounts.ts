import type { Clock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Database, Tx } from '../../platform/database/database.js'
import {
  emailExists,
  findCredential,
  findUser,
  insertUser,
  lockUser,
  readCredentialVersion,
  recordSignIn,
  replaceHash,
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
}

export type PasswordCheck =
  | { kind: 'right'; password: VerifiedPassword }
  /** `userId` is for the audit log alone; null when there is no such account. */
  | { kind: 'wrong'; userId: string | null }

export type Accounts = ReturnType<typeof createAccounts>

/** People: their profile, their address, their password. */
export function createAccounts(needs: {
  database: Database
  clock: Clock
  hasher: PasswordHasher
}) {
  const { database, clock, hasher } = needs

  return {
    find: (id: string) => findUser(database.db, id),

    hashPassword: hasher.hash,

    async create(tx: Tx, registration: Registration, passwordHash: string) {
      const id = newId(clock)
      if (await insertUser(tx, { ...registration, id, passwordHash, createdAt: clock.now() })) {
        return { kind: 'created' as const, id }
      }
      const taken = (await emailExists(tx, registration.email)) ? 'email-taken' : 'username-taken'
      return { kind: taken } as const
    },

    /** Unknown address and wrong password are one outcome, at one cost. */
    async checkPassword(email: string, password: string): Promise<PasswordCheck> {
      const canonical = canonicalEmail(email)
      const credential = canonical ? await findCredential(database.db, canonical) : null
      const right = await hasher.verify(credential?.hash ?? null, password)
      if (!right || !credential?.hash) return { kind: 'wrong', userId: credential?.userId ?? null }
      const rehash = await rehashIfOutdated(credential.hash, password)
      const { userId, version } = credential
      return { kind: 'right', password: { userId, version, rehash } }
    },

    /**
     * Locks the user and says whether the sign-in that was verified before may still complete: a reset
     * or a disabling that came in between wins.
     */
    async lockForSignIn(tx: Tx, { userId, version, rehash }: VerifiedPassword) {
      const user = await lockUser(tx, userId)
      if (!user || (await readCredentialVersion(tx, userId)) !== version) return 'changed' as const
      if (user.disabled) return 'disabled' as const
      if (rehash) await replaceHash(tx, userId, rehash)
      await recordSignIn(tx, userId, clock.now())
      return 'open' as const
    },
  }

  async function rehashIfOutdated(stored: string, password: string) {
    if (!hasher.isOutdated(stored)) return null
    // A sign-in is not refused because the house is too busy to improve its hash: next time then.
    return hasher.hash(password).catch(() => null)
  }
}
