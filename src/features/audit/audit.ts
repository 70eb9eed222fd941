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
 * What is recorded. Features add their events by declaration merging: see audit-events.ts in each.
 * @public
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- empty until features are there
export interface AuditEvents {}

export type AuditEventType = keyof AuditEvents

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
const maxListed = 10_000

/** Where an action was asked for. */
export interface ClientInfo {
  readonly ip: string | null
  readonly userAgent: string | null
}

/** What happened at some time before. */
interface PastEntry {
  readonly entry: AuditEntry
  readonly at: Date
  readonly client: ClientInfo | null
}

export type Audit = ReturnType<typeof createAudit>

/**
 * The audit log. An event is written in the transaction of its action: what could not be recorded did
 * not happen. What a person typed is never recorded: people type passwords into the wrong field.
 */
export function createAudit({ db, clock }: { db: Db; clock: Clock }) {
  return {
    /** `origin` is null for what the service or an operator does. */
    record: (tx: Tx | QueryFn, entry: AuditEntry, client: ClientInfo | null) =>
      insertAuditEvent(tx, { id: newId(clock), ...toRow(entry, clock.now(), client) }),

    /**
     * Records what repeats: of the events of one type and target within a window (milliseconds) the first one. The
     * windows are the same in every replica. In lists, such an event stands where its window begins.
     */
    recordOnce: (events: readonly PastEntry[], windowMs: number) =>
      insertMissingEvents(
        db,
        events.map(({ entry, at, client }) => ({
          id: idForWindow(entry, at, windowMs),
          ...toRow(entry, at, client),
        })),
      ),

    /** What was done to an account, the newest first. */
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
