import type { Outbox } from '../mail/index.js'
import type { Database } from '../../platform/database/database.js'
import { tokenLifetimeMs } from '../one-time-tokens/index.js'
import { canonicalEmail, type MailRequestOutcome } from '../users/index.js'
import { verificationEmail } from './verify-email.email.js'

/** Enqueues an e-mail with a verification link. It always costs one row, even if no account waits for it. */
export function createRequestEmailVerification(deps: { database: Database; outbox: Outbox }) {
  const { database, outbox } = deps

  return async (rawEmail: string): Promise<MailRequestOutcome> => {
    const email = canonicalEmail(rawEmail)
    if (!email) return { kind: 'no-address' }
    await database.transaction((tx) =>
      outbox.enqueue(tx, { kind: verificationEmail, recipient: email }),
    )
    return { kind: 'requested', email, tokenLifetimeMs: tokenLifetimeMs.VERIFY_EMAIL }
  }
}
