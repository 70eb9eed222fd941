import type { DueEmailJob } from '../../mail/index.js'
import type { Tx } from '../../../platform/database/database.js'
import type { TokenColumn } from '../email-change.store.js'
import type { EmailChanges } from '../email-changes.js'

/** What the messages about a change of address store: its id. */
export interface EmailChangeDetails {
  readonly change: string
}

/** The token in the link of such a message. Null with the account, whose farewell goes to the same address. */
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
