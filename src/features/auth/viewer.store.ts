import { userColumns, userFrom, type UserRow } from '../accounts/index.js'
import { isLive, sessionColumns, type SessionRow } from '../sessions/index.js'
import type { Db } from '../../platform/database/database.js'

export interface ViewerRow {
  readonly session: SessionRow
  readonly user: UserRow
}

type Columns = SessionRow & Record<`user.${keyof UserRow}`, unknown>

/** The live ones of these sessions with their enabled users: three index look-ups each, one statement. */
export async function readViewers(db: Db, sessionIds: readonly string[], now: Date) {
  const rows = await db.$queryRaw<Columns[]>`
    SELECT ${sessionColumns}, ${userColumns}
    FROM sessions s
    JOIN refresh_tokens r ON r.session_id = s.id
    JOIN users u ON u.id = s.user_id
    WHERE s.id = ANY(${[...sessionIds]}::uuid[]) AND ${isLive(now)} AND u.disabled_at IS NULL`
  return rows.map((row): ViewerRow => ({ session: row, user: userFrom(row) }))
}
