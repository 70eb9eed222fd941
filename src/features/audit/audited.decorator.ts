import { Extensions } from 'type-graphql'
import type { AuditEventType } from './audit.js'

/**
 * Put this above a resolver: the event that the mutation records when it succeeds. A mutation without it records
 * nothing.
 */
export const Audited = (auditEvent: AuditEventType) => Extensions({ auditEvent })
