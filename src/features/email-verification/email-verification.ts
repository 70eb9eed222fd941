import type { Outbox } from '../mail/index.js'
import { createRequestEmailVerification } from './request-email-verification.js'
import { createVerifyEmail, type VerifyEmailDeps } from './verify-email.js'

export interface EmailVerificationDeps extends VerifyEmailDeps {
  readonly outbox: Outbox
}

export type EmailVerification = ReturnType<typeof createEmailVerification>

/** Proving that an address belongs to who registered with it. */
export const createEmailVerification = (deps: EmailVerificationDeps) => ({
  requestEmailVerification: createRequestEmailVerification(deps),
  verifyEmail: createVerifyEmail(deps),
})
