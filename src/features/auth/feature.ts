import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { errorCodes } from './error-codes.js'
import { AuthResolver, AuthPayloadResolver } from './auth.resolver.js'
import { MfaRequiredResolver, PasskeyLoginResolver } from './passkey-login.resolver.js'

export const feature = {
  resolvers: [AuthResolver, AuthPayloadResolver, PasskeyLoginResolver, MfaRequiredResolver],
  errorCodes,
  auditEvents,
} satisfies Feature
