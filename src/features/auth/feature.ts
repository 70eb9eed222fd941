import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { errorCodes } from './error-codes.js'
import { AuthResolver, AuthPayloadResolver } from './auth.resolver.js'

export const feature = {
  resolvers: [AuthResolver, AuthPayloadResolver],
  errorCodes,
  auditEvents,
} satisfies Feature
