import { userColumns, type UserRow } from '../users/index.js'
import { liveConditionText } from '../sessions/index.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'

export interface ViewerRow {
  readonly sessionId: string
  readonly lastUsedAt: Date
  readonly user: UserRow
}

type ViewerColumns = UserRow & Omit<ViewerRow, 'user'>

const viewersStatement = {
  name: 'viewers',
  text: `
    SELECT s.id AS "sessionId", r.last_used_at AS "lastUsedAt", ${userColumns}
    FROM sessions s
    JOIN refresh_tokens r ON r.session_id = s.id
    JOIN users u ON u.id = s.user_id
    WHERE s.id = ANY($1::uuid[]) AND ${liveConditionText('$2::timestamptz')} AND u.disabled_at IS NULL`,
}

/** Returns the live sessions with their enabled users. One statement, with three index lookups for each session. */
export async function readViewers(query: QueryFn, sessionIds: readonly string[], now: Date) {
  const rows = await query<ViewerColumns>(viewersStatement, [sessionIds, now])
  // Uses the row itself as the user: a copy without two columns for each request is visible in CPU profiles.
  return rows.map((user): ViewerRow => {
    const { sessionId, lastUsedAt } = user
    return { sessionId, lastUsedAt, user }
  })
}
