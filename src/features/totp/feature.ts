import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { codeGuessingEmail } from './emails/code-guessing.email.js'
import { totpDisabledEmail } from './emails/totp-disabled.email.js'
import { totpEnabledEmail } from './emails/totp-enabled.email.js'
import { errorCodes } from './error-codes.js'
import { TotpResolver } from './totp.resolver.js'
import { UserFactorsResolver } from './user-factors.resolver.js'

export const feature = {
  emails: [totpEnabledEmail, totpDisabledEmail, codeGuessingEmail],
  resolvers: [TotpResolver, UserFactorsResolver],
  errorCodes,
  authenticationMethods: {
    TOTP: { description: 'A code of an authenticator app.', amr: ['otp'] },
  },
  auditEvents,
} satisfies Feature
