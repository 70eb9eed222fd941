import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { errorCodes } from './error-codes.js'

export const feature = {
  errorCodes,
  authenticationMethods: { PASSWORD: { description: 'A password.', amr: ['pwd'] } },
  auditEvents,
} satisfies Feature
