import { firstIdAt } from '../../platform/crypto/ids.js'
import type { Db, Tx } from '../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../platform/database/hot-statements.js'

export interface AuditRow {
  readonly id: string
  readonly type: string
  readonly occurredAt: Date
  readonly actorId: string | null
  readonly targetId: string | null
  readonly sessionId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly success: boolean
}

const insertStatement = {
  name: 'audit-event',
  text: `
    INSERT INTO audit_events
      (id, type, occurred_at, actor_id, target_id, session_id, ip_address, user_agent, success)
    VALUES ($1::uuid, $2, $3::timestamptz, $4::uuid, $5::uuid, $6::uuid, $7, $8, $9)`,
}

export async function insertAuditEvent(tx: Tx | QueryFn, event: AuditRow) {
  const { id, type, occurredAt, actorId, targetId, sessionId } = event
  const { ipAddress, userAgent, success } = event
  const subjectIds = [actorId, targetId, sessionId]
  await queryOn(tx)(insertStatement, [
    id,
    type,
    occurredAt,
    ...subjectIds,
    ipAddress,
    userAgent,
    success,
  ])
}

/** Skips events whose id exists. */
export async function insertMissingEvents(db: Db, events: readonly AuditRow[]) {
  await db.auditEvent.createMany({ data: [...events], skipDuplicates: true })
}

/**
 * Deletes at most `limit` events from before that time. Ids begin with their time, so the primary key finds them. A
 * separate index would add a write to every sign-in.
 */
export const deleteAuditEvents = (tx: Tx, before: Date, limit: number): Promise<number> =>
  tx.$executeRaw`
    DELETE FROM audit_events WHERE id IN (
      SELECT id FROM audit_events WHERE id < ${firstIdAt(before)}::uuid ORDER BY id LIMIT ${limit})`

/** The events of an account, newest first. */
export const listAuditEvents = (db: Db, targetId: string, limit: number): Promise<AuditRow[]> =>
  db.auditEvent.findMany({
    where: { targetId },
    orderBy: { id: 'desc' },
    take: limit,
    omit: { details: true },
  })
