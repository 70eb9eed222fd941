import type { Outbox } from '../../mail/index.js'
import type { Database } from '../../../platform/database/database.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import { canonicalEmail, type MailRequestOutcome } from '../../users/index.js'
import { tokenLifetime } from '../../one-time-tokens/index.js'
import { resetPassword } from './reset-password.email.js'

/**
 * Has a link mailed by which the password can be set anew. Known and unknown addresses cost the same row: who has an
 * account is looked up when the message is sent (OWASP Forgot Password Cheat Sheet).
 */
export function createRequestPasswordReset(needs: { database: Database; outbox: Outbox }) {
  const { database, outbox } = needs

  return async (typed: string, { ip, userAgent }: RequestInfo): Promise<MailRequestOutcome> => {
    const email = canonicalEmail(typed)
    if (!email) return { kind: 'no-address' }
    const details = { ip, ...(userAgent !== null && { userAgent }) } // for the audit log
    await database.transaction((tx) =>
      outbox.put(tx, { kind: resetPassword, recipient: email, details }),
    )
    return { kind: 'requested', email, tokenLifetime: tokenLifetime.RESET_PASSWORD }
  }
}
