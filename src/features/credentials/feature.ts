import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { errorCodes } from './error-codes.js'
import { PasswordResolver } from './passwords/password.resolver.js'

export const feature = { resolvers: [PasswordResolver], errorCodes, auditEvents } satisfies Feature
