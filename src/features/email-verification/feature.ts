import type { Feature } from '../../platform/feature.js'
import { EmailVerificationResolver } from './email-verification.resolver.js'
import { verificationEmail } from './verify-email.email.js'

export const feature = {
  emails: [verificationEmail],
  resolvers: [EmailVerificationResolver],
} satisfies Feature
