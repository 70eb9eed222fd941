import type { AuditEventType } from '../../generated/prisma/enums.js'
import type { Clock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Tx } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { insertAuditEvent } from './audit.store.js'

export interface AuditEntry {
  readonly type: AuditEventType
  /** Who acted; null when nobody was signed in (yet). */
  readonly actorId?: string | null
  /** The account concerned; null when no such account exists. */
  readonly targetId?: string | null
  readonly sessionId?: string | null
  readonly success?: boolean
}

export type Audit = ReturnType<typeof createAudit>

/**
 * The audit log. An event is written in the transaction of its action: what could not be recorded did
 * not happen. What a person typed is never recorded: people type passwords into the wrong field.
 */
export function createAudit({ clock }: { clock: Clock }) {
  return {
    /** `request` is null for what the service or an operator does. */
    record: (tx: Tx, entry: AuditEntry, request: RequestInfo | null) =>
      insertAuditEvent(tx, {
        id: newId(clock),
        occurredAt: clock.now(),
        type: entry.type,
        actorId: entry.actorId ?? null,
        targetId: entry.targetId ?? null,
        sessionId: entry.sessionId ?? null,
        success: entry.success ?? true,
        ipAddress: request?.ip ?? null,
        userAgent: request?.userAgent ?? null,
      }),
  }
}
