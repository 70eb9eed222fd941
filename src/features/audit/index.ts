export { createAudit, type Audit } from './audit.js'
export { createRemoveOldEvents } from './remove-old-events.js'
