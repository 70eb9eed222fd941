import type { Db, Tx } from '../../platform/database/database.js'
import type { AuditEventType } from '../../generated/prisma/enums.js'

export interface AuditRow {
  readonly id: string
  readonly type: AuditEventType
  readonly occurredAt: Date
  readonly actorId: string | null
  readonly targetId: string | null
  readonly sessionId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly success: boolean
}

export async function insertAuditEvent(tx: Tx, event: AuditRow) {
  await tx.auditEvent.create({ data: event, select: { id: true } })
}

/** What was done to an account, the newest first. */
export const listAuditEvents = (db: Db, targetId: string, limit: number): Promise<AuditRow[]> =>
  db.auditEvent.findMany({
    where: { targetId },
    orderBy: { id: 'desc' },
    take: limit,
    omit: { details: true },
  })
