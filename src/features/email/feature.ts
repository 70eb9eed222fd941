import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { EmailResolver } from './email.resolver.js'

export const feature = { resolvers: [EmailResolver], auditEvents } satisfies Feature
