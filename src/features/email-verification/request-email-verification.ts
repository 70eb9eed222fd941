import type { Outbox } from '../mail/index.js'
import type { Database } from '../../platform/database/database.js'
import { tokenLifetime } from '../one-time-tokens/index.js'
import { canonicalEmail, type MailRequestOutcome } from '../users/index.js'
import { verifyEmail } from './verify-email.email.js'

/** Has a link mailed that proves the address. One row, whether or not anybody waits for it. */
export function createRequestEmailVerification(needs: { database: Database; outbox: Outbox }) {
  const { database, outbox } = needs

  return async (typed: string): Promise<MailRequestOutcome> => {
    const email = canonicalEmail(typed)
    if (!email) return { kind: 'no-address' }
    await database.transaction((tx) => outbox.put(tx, { kind: verifyEmail, recipient: email }))
    return { kind: 'requested', email, tokenLifetime: tokenLifetime.VERIFY_EMAIL }
  }
}
