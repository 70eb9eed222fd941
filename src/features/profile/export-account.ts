import type { Outbox } from '../mail/index.js'
import type { Database } from '../../platform/database/database.js'
import { findUser, listKnownNetworks } from '../users/index.js'
import { confirmEmailChangeEmail, type EmailChanges } from '../email/index.js'

export interface ExportAccountDeps {
  readonly database: Database
  readonly emailChanges: EmailChanges
  readonly outbox: Outbox
}

/**
 * Exports all stored data of a user except secrets that allow access: hashes and tokens. Null when the account was
 * deleted.
 */
export function createExportAccount({ database, emailChanges, outbox }: ExportAccountDeps) {
  return async (userId: string) => {
    const user = await findUser(database.db, userId)
    if (!user) return null
    return {
      user: { ...user, pendingEmail: await emailChanges.findPendingEmail(userId) },
      emailChanges: await emailChanges.listForUser(userId),
      knownAddresses: await listKnownNetworks(database.db, userId),
      // Excludes e-mails to an unconfirmed new address: the status of such an e-mail would tell whether the address
      // has an account.
      messages: await outbox.listForAccount(userId, { except: confirmEmailChangeEmail }),
    }
  }
}
