import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { recoveryCodeUsedEmail } from './emails/recovery-code-used.email.js'
import { recoveryCodesRegeneratedEmail } from './emails/recovery-codes-regenerated.email.js'
import { RecoveryCodesResolver } from './recovery-codes.resolver.js'

export const feature = {
  emails: [recoveryCodeUsedEmail, recoveryCodesRegeneratedEmail],
  resolvers: [RecoveryCodesResolver],
  // No value of `amr` is registered for printed codes. `otp` would satisfy services that ask for a device.
  authenticationMethods: {
    RECOVERY_CODE: { description: 'A recovery code, which works once.', amr: [] },
  },
  auditEvents,
} satisfies Feature
