import type { Clock } from '../../platform/clock.js'
import { createHash } from 'node:crypto'
import { deterministicId, newId } from '../../platform/crypto/ids.js'
import type { Db, Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'
import {
  insertAuditEvent,
  insertMissingEvents,
  listAuditEvents,
  type AuditRow,
} from './audit.store.js'

/**
 * The types of audit events. Each feature adds its own by declaration merging, in its audit-events.ts.
 * @public
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- features fill it by declaration merging
export interface AuditEvents {}

export type AuditEventType = keyof AuditEvents

export interface AuditEntry {
  readonly type: AuditEventType
  /** Who acted; null for an anonymous client. */
  readonly actorId?: string | null
  /** The affected account; null if it does not exist. */
  readonly targetId?: string | null
  readonly sessionId?: string | null
  readonly success?: boolean
}

// Limits the size of an answer. Ten sign-ins a day for three years make about 10,000 events.
const maxListed = 10_000

/** The client that asked for an action. */
export interface ClientInfo {
  readonly ip: string | null
  readonly userAgent: string | null
}

/** An event that happened earlier. */
interface PastEntry {
  readonly entry: AuditEntry
  readonly at: Date
  readonly client: ClientInfo | null
}

export type Audit = ReturnType<typeof createAudit>

/**
 * The audit log. An event is written in the transaction of its action: if it cannot be recorded, the action is rolled
 * back. Text that a person typed is never recorded, because people type passwords into the wrong field.
 */
export function createAudit({ db, clock }: { db: Db; clock: Clock }) {
  return {
    /** `client` is null for actions of the service or an operator. */
    record: (tx: Tx | QueryFn, entry: AuditEntry, client: ClientInfo | null) =>
      insertAuditEvent(tx, { id: newId(clock), ...toRow(entry, clock.now(), client) }),

    /**
     * Records repeated events once: the first of each type and target within a window (milliseconds). Windows are the
     * same in every replica. The id of such an event carries the start of its window, so lists sort it there.
     */
    recordOnce: (events: readonly PastEntry[], windowMs: number) =>
      insertMissingEvents(
        db,
        events.map(({ entry, at, client }) => ({
          id: idForWindow(entry, at, windowMs),
          ...toRow(entry, at, client),
        })),
      ),

    /** The events of an account, newest first. */
    listForAccount: (targetId: string) => listAuditEvents(db, targetId, maxListed),
  }
}

const toRow = (
  entry: AuditEntry,
  occurredAt: Date,
  client: ClientInfo | null,
): Omit<AuditRow, 'id'> => ({
  occurredAt,
  type: entry.type,
  actorId: entry.actorId ?? null,
  targetId: entry.targetId ?? null,
  sessionId: entry.sessionId ?? null,
  success: entry.success ?? true,
  ipAddress: client?.ip ?? null,
  userAgent: client?.userAgent ?? null,
})

function idForWindow({ type, targetId = null }: AuditEntry, at: Date, windowMs: number) {
  const windowStart = new Date(Math.floor(at.getTime() / windowMs) * windowMs)
  const digest = createHash('sha256')
    .update(JSON.stringify([type, targetId]))
    .digest()
  return deterministicId(windowStart, digest.subarray(0, 16))
}
