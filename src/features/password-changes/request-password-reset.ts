import type { Outbox } from '../mail/index.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { canonicalEmail, type MailRequestOutcome } from '../users/index.js'
import { tokenLifetimeMs } from '../one-time-tokens/index.js'
import { passwordResetEmail } from './reset-password.email.js'

/**
 * Enqueues an e-mail with a link to set a new password. Known and unknown addresses cost the same: one row. The
 * outbox looks up the account when it sends the e-mail (OWASP Forgot Password Cheat Sheet).
 */
export function createRequestPasswordReset(deps: { database: Database; outbox: Outbox }) {
  const { database, outbox } = deps

  return async (rawEmail: string, { ip, userAgent }: RequestInfo): Promise<MailRequestOutcome> => {
    const email = canonicalEmail(rawEmail)
    if (!email) return { kind: 'no-address' }
    const details = { ip, ...(userAgent !== null && { userAgent }) } // for the audit log
    await database.transaction((tx) =>
      outbox.enqueue(tx, { kind: passwordResetEmail, recipient: email, details }),
    )
    return { kind: 'requested', email, tokenLifetimeMs: tokenLifetimeMs.RESET_PASSWORD }
  }
}
