import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { errorCodes } from './error-codes.js'
import { PasswordResolver } from './passwords/password.resolver.js'
import { resetPassword } from './passwords/reset-password.email.js'
import { passwordChanged } from './passwords/password-changed.email.js'

export const feature = {
  emails: [resetPassword, passwordChanged],
  resolvers: [PasswordResolver],
  errorCodes,
  authenticationMethods: { PASSWORD: { description: 'A password.', amr: 'pwd' } },
  auditEvents,
} satisfies Feature
