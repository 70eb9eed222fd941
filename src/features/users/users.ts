import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import { addMs, type Clock } from '../../platform/clock.js'
import { isId } from '../../platform/crypto/ids.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { trimInvisible } from '../../platform/text.js'
import { canonicalEmail } from './email-address.js'
import { deleteOldNetworks, saveKnownNetwork } from './known-network.store.js'
import { findUser, findUserByEmail, findUsers, setDisabled, type UserRow } from './user.store.js'
import { createCleanupJob } from '../../platform/jobs.js'

export interface UsersDeps {
  readonly database: Database
  readonly clock: Clock
  readonly sessions: Sessions
  readonly audit: Audit
}

/** How long a network stays known after a sign-in, in milliseconds. */
export const networkRetentionMs = 30 * 24 * 60 * 60_000
const batchSize = 500

export type Users = ReturnType<typeof createUsers>

/** Accounts: lookup, disabling, and the networks from which they sign in. */
export function createUsers({ database, clock, sessions, audit }: UsersDeps) {
  /** Removes networks without a recent sign-in, in batches that hold no lock for long. */
  async function removeOldNetworks() {
    const before = addMs(clock.now(), -networkRetentionMs)
    while ((await deleteOldNetworks(database.db, before, batchSize)) === batchSize);
  }

  return {
    find: (id: string) => findUser(database.db, id),

    /** The existing users among these ids. */
    findMany: (ids: readonly string[]) => findUsers(database.query, ids),

    /** Like `find`, but batches concurrent requests into one statement. */
    load: database.batch(async (ids: readonly string[]) => {
      const users = new Map((await findUsers(database.query, ids)).map((user) => [user.id, user]))
      return ids.map((id): UserRow | null => users.get(id) ?? null)
    }),

    /** Finds an account by id, or by e-mail address in any spelling. */
    async findByIdentifier(idOrEmail: string): Promise<UserRow | null> {
      const id = trimInvisible(idOrEmail)
      if (isId(id)) return findUser(database.db, id)
      const email = canonicalEmail(idOrEmail)
      return email ? findUserByEmail(database.db, email) : null
    },

    /** The network of a registration becomes a known network of the account. */
    rememberNetwork: (tx: Tx, userId: string, { network }: RequestInfo) =>
      saveKnownNetwork(tx, userId, network, clock.now()),

    jobs: [createCleanupJob('forget known networks', removeOldNetworks)],

    /** Disables an account and ends all its sessions. False if it was disabled already. */
    disable: (userId: string) =>
      database.transaction(async (tx) => {
        if (!(await setDisabled(tx, userId, clock.now()))) return false
        await sessions.endOthers(tx, userId, [], 'ACCOUNT_DISABLED')
        await audit.record(tx, { type: 'USER_DISABLED', targetId: userId }, null)
        return true
      }),

    /** Enables an account. False if it was not disabled. */
    enable: (userId: string) =>
      database.transaction(async (tx) => {
        if (!(await setDisabled(tx, userId, null))) return false
        await audit.record(tx, { type: 'USER_ENABLED', targetId: userId }, null)
        return true
      }),
  }
}
