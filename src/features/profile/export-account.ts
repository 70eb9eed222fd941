import type { Outbox } from '../mail/index.js'
import type { Database } from '../../platform/database/database.js'
import { findUser, listAddresses } from '../users/index.js'
import { confirmEmailChange, type EmailChanges } from '../email/index.js'

export interface ExportAccountNeeds {
  readonly database: Database
  readonly changes: EmailChanges
  readonly outbox: Outbox
}

/** What is stored of a person, but for what would let somebody in: hashes and tokens. Null when they are gone. */
export function createExportAccount({ database, changes, outbox }: ExportAccountNeeds) {
  return async (userId: string) => {
    const user = await findUser(database.db, userId)
    if (!user) return null
    return {
      user: { ...user, pendingEmail: await changes.pending(userId) },
      emailChanges: await changes.of(userId),
      knownAddresses: await listAddresses(database.db, userId),
      // A change of address is asked of an address that is not theirs: what became of that message would tell whose it is.
      messages: await outbox.of(userId, { except: confirmEmailChange }),
    }
  }
}
