import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { EmailResolver } from './email.resolver.js'
import { confirmEmailChange } from './emails/confirm-email-change.email.js'
import { addressTaken } from './emails/address-taken.email.js'
import { emailChangeRequested } from './emails/email-change-requested.email.js'
import { emailChanged } from './emails/email-changed.email.js'
import { emailChangeConfirmed } from './emails/email-change-confirmed.email.js'
import { emailChangeUndone } from './emails/email-change-undone.email.js'

export const feature = {
  emails: [
    confirmEmailChange,
    addressTaken,
    emailChangeRequested,
    emailChanged,
    emailChangeConfirmed,
    emailChangeUndone,
  ],
  resolvers: [EmailResolver],
  auditEvents,
} satisfies Feature
