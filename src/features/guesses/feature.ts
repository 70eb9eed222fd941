import type { Feature } from '../../platform/feature.js'
import { auditEvents } from './audit-events.js'
import { passwordGuessing } from './password-guessing.email.js'

export const feature = { emails: [passwordGuessing], auditEvents } satisfies Feature
