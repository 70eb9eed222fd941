import { userColumns, type UserRow } from '../users/index.js'
import { liveAt } from '../sessions/index.js'
import type { Ask } from '../../platform/database/hot-statements.js'

export interface ViewerRow {
  readonly sessionId: string
  readonly lastUsedAt: Date
  readonly user: UserRow
}

type Columns = UserRow & Omit<ViewerRow, 'user'>

const findViewers = {
  name: 'viewers',
  text: `
    SELECT s.id AS "sessionId", r.last_used_at AS "lastUsedAt", ${userColumns}
    FROM sessions s
    JOIN refresh_tokens r ON r.session_id = s.id
    JOIN users u ON u.id = s.user_id
    WHERE s.id = ANY($1::uuid[]) AND ${liveAt('$2::timestamptz')} AND u.disabled_at IS NULL`,
}

/** The live ones of these sessions with their enabled users: three index look-ups each, one statement. */
export async function readViewers(ask: Ask, sessionIds: readonly string[], now: Date) {
  const rows = await ask<Columns>(findViewers, [sessionIds, now])
  // The row itself is the user, and not a copy without two columns: copies for each request showed in its profile.
  return rows.map((user): ViewerRow => {
    const { sessionId, lastUsedAt } = user
    return { sessionId, lastUsedAt, user }
  })
}
