import type { Outbox } from '../mail/index.js'
import { createRequestEmailVerification } from './request-email-verification.js'
import { createVerifyEmail, type VerifyEmailNeeds } from './verify-email.js'

export interface EmailVerificationNeeds extends VerifyEmailNeeds {
  readonly outbox: Outbox
}

export type EmailVerification = ReturnType<typeof createEmailVerification>

/** Proving that an address belongs to who registered with it. */
export const createEmailVerification = (needs: EmailVerificationNeeds) => ({
  requestEmailVerification: createRequestEmailVerification(needs),
  verifyEmail: createVerifyEmail(needs),
})
