import type { Outbox } from '../mail/index.js'
import { findUser } from '../users/index.js'
import type { Database } from '../../platform/database/database.js'
import { codeGuessingEmail } from './emails/code-guessing.email.js'

export type NotifyCodeGuessing = ReturnType<typeof createNotifyCodeGuessing>

// More than people usually need to find the right code.
const firstNotice = 5

/** Tells the owner that someone with the password enters wrong codes: once early in a series and once at the limit. */
export function createNotifyCodeGuessing({
  database,
  outbox,
  maxFailures,
}: {
  readonly database: Database
  readonly outbox: Outbox
  readonly maxFailures: number
}) {
  return async (userId: string, failures: number) => {
    if (failures !== firstNotice && failures !== maxFailures) return
    await database.transaction(async (tx) => {
      const user = await findUser(tx, userId)
      if (!user) return
      const { email: recipient, locale } = user
      await outbox.enqueue(tx, { kind: codeGuessingEmail, recipient, accountId: userId, locale })
    })
  }
}
