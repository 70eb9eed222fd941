import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { EmailChangeResolver } from './email.resolver.js'
import { confirmEmailChangeEmail } from './emails/confirm-email-change.email.js'
import { addressTakenEmail } from './emails/address-taken.email.js'
import { emailChangeRequestedEmail } from './emails/email-change-requested.email.js'
import { emailChangedEmail } from './emails/email-changed.email.js'
import { emailChangeConfirmedEmail } from './emails/email-change-confirmed.email.js'
import { emailChangeUndoneEmail } from './emails/email-change-undone.email.js'

export const feature = {
  emails: [
    confirmEmailChangeEmail,
    addressTakenEmail,
    emailChangeRequestedEmail,
    emailChangedEmail,
    emailChangeConfirmedEmail,
    emailChangeUndoneEmail,
  ],
  resolvers: [EmailChangeResolver],
  auditEvents,
} satisfies Feature
