import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { UserResolver } from './user.resolver.js'
import { ProfileResolver } from './profile.resolver.js'
import { accountDeletedEmail } from './account-deleted.email.js'

export const feature = {
  emails: [accountDeletedEmail],
  resolvers: [UserResolver, ProfileResolver],
  auditEvents,
} satisfies Feature
