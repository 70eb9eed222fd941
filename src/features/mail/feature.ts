import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'

export const feature = { auditEvents } satisfies Feature
