import type { Feature } from '../../platform/feature.js'
import { EmailVerificationResolver } from './email-verification.resolver.js'
import { verifyEmail } from './verify-email.email.js'

export const feature = {
  emails: [verifyEmail],
  resolvers: [EmailVerificationResolver],
} satisfies Feature
