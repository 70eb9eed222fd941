import type { Outbox } from '../mail/index.js'
import { createRequestEmailVerification } from './request-email-verification.js'
import { createVerifyEmail, type VerifyEmailDeps } from './verify-email.js'

export interface EmailVerificationDeps extends VerifyEmailDeps {
  readonly outbox: Outbox
}

export type EmailVerification = ReturnType<typeof createEmailVerification>

/** Verifies that an address belongs to the person who registered it. */
export const createEmailVerification = (deps: EmailVerificationDeps) => ({
  requestEmailVerification: createRequestEmailVerification(deps),
  verifyEmail: createVerifyEmail(deps),
})
