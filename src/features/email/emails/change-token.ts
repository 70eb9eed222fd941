import type { DueMessage } from '../../mail/index.js'
import type { Tx } from '../../../platform/database/database.js'
import type { TokenColumn } from '../email-change.store.js'
import type { EmailChanges } from '../email-changes.js'

/** What the messages about a change of address store: its id. */
export interface OfChange {
  readonly change: string
}

/** The token in the link of such a message. Null with the account, whose farewell goes to the same address. */
export async function changeToken(
  tx: Tx,
  { details: { change }, earlierToken }: DueMessage<OfChange>,
  column: TokenColumn,
  changes: EmailChanges,
) {
  return change === undefined ? null : changes.tokenFor(tx, change, column, earlierToken)
}
