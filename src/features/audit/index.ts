export { createAudit, type Audit } from './audit.js'
export { Audited } from './audited.decorator.js'
export { createRemoveOldEvents } from './remove-old-events.js'
