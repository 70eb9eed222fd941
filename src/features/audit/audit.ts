import type { AuditEventType } from '../../generated/prisma/enums.js'
import type { Clock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Db, Tx } from '../../platform/database/database.js'
import type { Ask } from '../../platform/database/hot-statements.js'
import { insertAuditEvent, listAuditEvents } from './audit.store.js'

export interface AuditEntry {
  readonly type: AuditEventType
  /** Who acted; null when nobody was signed in (yet). */
  readonly actorId?: string | null
  /** The account concerned; null when no such account exists. */
  readonly targetId?: string | null
  readonly sessionId?: string | null
  readonly success?: boolean
}

// An answer has to end somewhere; ten sign-ins a day for three years.
const mostListed = 10_000

/** Where an action was asked for. */
export interface Origin {
  readonly ip: string | null
  readonly userAgent: string | null
}

export type Audit = ReturnType<typeof createAudit>

/**
 * The audit log. An event is written in the transaction of its action: what could not be recorded did
 * not happen. What a person typed is never recorded: people type passwords into the wrong field.
 */
export function createAudit({ db, clock }: { db: Db; clock: Clock }) {
  return {
    /** `origin` is null for what the service or an operator does. */
    record: (tx: Tx | Ask, entry: AuditEntry, origin: Origin | null) =>
      insertAuditEvent(tx, {
        id: newId(clock),
        occurredAt: clock.now(),
        type: entry.type,
        actorId: entry.actorId ?? null,
        targetId: entry.targetId ?? null,
        sessionId: entry.sessionId ?? null,
        success: entry.success ?? true,
        ipAddress: origin?.ip ?? null,
        userAgent: origin?.userAgent ?? null,
      }),

    /** What was done to an account, the newest first. */
    of: (targetId: string) => listAuditEvents(db, targetId, mostListed),
  }
}
