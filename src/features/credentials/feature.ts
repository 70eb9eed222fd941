import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { errorCodes } from './error-codes.js'
import { PasswordResolver } from './passwords/password.resolver.js'
import { passwordResetEmail } from './passwords/reset-password.email.js'
import { passwordChangedEmail } from './passwords/password-changed.email.js'

export const feature = {
  emails: [passwordResetEmail, passwordChangedEmail],
  resolvers: [PasswordResolver],
  errorCodes,
  authenticationMethods: { PASSWORD: { description: 'A password.', amr: ['pwd'] } },
  auditEvents,
} satisfies Feature
