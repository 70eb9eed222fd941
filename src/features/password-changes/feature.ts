import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { passwordChangedEmail } from './password-changed.email.js'
import { PasswordResolver } from './password.resolver.js'
import { passwordResetEmail } from './reset-password.email.js'

export const feature = {
  emails: [passwordResetEmail, passwordChangedEmail],
  resolvers: [PasswordResolver],
  auditEvents,
} satisfies Feature
