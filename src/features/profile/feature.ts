import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { UserResolver } from './user.resolver.js'
import { ProfileResolver } from './profile.resolver.js'

export const feature = { resolvers: [UserResolver, ProfileResolver], auditEvents } satisfies Feature
