import type { DueEmailJob } from '../../mail/index.js'
import type { Tx } from '../../../platform/database/database.js'
import type { TokenColumn } from '../email-change.store.js'
import type { EmailChanges } from '../email-changes.js'

/** The data that the outbox stores with e-mails about a change of address: the id of the change. */
export interface EmailChangeDetails {
  readonly change: string
}

/**
 * The token in the link of such an e-mail. Null when the account was deleted: the same address then gets the notice
 * of the deletion.
 */
export async function prepareChangeToken(
  tx: Tx,
  { details: { change }, earlierToken }: DueEmailJob<EmailChangeDetails>,
  column: TokenColumn,
  emailChanges: EmailChanges,
) {
  return change === undefined
    ? null
    : emailChanges.getOrCreateToken(tx, change, column, earlierToken)
}
