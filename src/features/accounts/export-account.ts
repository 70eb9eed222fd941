import type { Outbox } from '../mail/index.js'
import type { Database } from '../../platform/database/database.js'
import { findUser } from './account.store.js'
import { listAddresses } from './passwords/known-address.store.js'
import type { OneTimeTokens } from './one-time-tokens.js'

export interface ExportAccountNeeds {
  readonly database: Database
  readonly tokens: OneTimeTokens
  readonly outbox: Outbox
}

/** What is stored of a person, but for what would let somebody in: hashes and tokens. Null when they are gone. */
export function createExportAccount({ database, tokens, outbox }: ExportAccountNeeds) {
  return async (userId: string) => {
    const user = await findUser(database.db, userId)
    if (!user) return null
    return {
      user: { ...user, pendingEmail: await tokens.pending(userId, 'CHANGE_EMAIL') },
      knownAddresses: await listAddresses(database.db, userId),
      messages: await outbox.of(userId),
    }
  }
}
