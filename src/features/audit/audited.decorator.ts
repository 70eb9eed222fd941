import { Extensions } from 'type-graphql'
import type { AuditEventType } from './audit.js'

/** What a mutation records when it succeeds: stands above its resolver. One without it records nothing. */
export const Audited = (auditEvent: AuditEventType) => Extensions({ auditEvent })
