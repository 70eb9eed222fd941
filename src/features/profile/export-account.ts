import type { Outbox } from '../mail/index.js'
import type { Database } from '../../platform/database/database.js'
import { findUser, listKnownNetworks } from '../users/index.js'
import { confirmEmailChangeEmail, type EmailChanges } from '../email/index.js'

export interface ExportAccountDeps {
  readonly database: Database
  readonly emailChanges: EmailChanges
  readonly outbox: Outbox
}

/** What is stored of a person, but for what would let somebody in: hashes and tokens. Null when they are gone. */
export function createExportAccount({ database, emailChanges, outbox }: ExportAccountDeps) {
  return async (userId: string) => {
    const user = await findUser(database.db, userId)
    if (!user) return null
    return {
      user: { ...user, pendingEmail: await emailChanges.findPendingEmail(userId) },
      emailChanges: await emailChanges.listForUser(userId),
      knownAddresses: await listKnownNetworks(database.db, userId),
      // A change of address is asked of an address that is not theirs: what became of that message would tell whose it is.
      messages: await outbox.listForAccount(userId, { except: confirmEmailChangeEmail }),
    }
  }
}
