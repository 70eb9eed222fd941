import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { errorCodes } from './error-codes.js'
import { SessionResolver, SessionConnectionResolver } from './session.resolver.js'

export const feature = {
  resolvers: [SessionResolver, SessionConnectionResolver],
  errorCodes,
  auditEvents,
} satisfies Feature
