import type { AuthenticationMethod } from '../../generated/prisma/enums.js'
import { isMultiFactor } from '../../platform/graphql/authentication-method.types.js'
import type { MfaPolicy } from '../credentials/index.js'
import { userColumns, type UserRow } from '../users/index.js'
import { liveConditionText } from '../sessions/index.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'

export interface ViewerRow {
  readonly sessionId: string
  readonly lastUsedAt: Date
  /** Whether the service requires a second factor and the session has none. */
  readonly mustEnroll: boolean
  readonly user: UserRow
}

interface ViewerColumns extends UserRow {
  readonly sessionId: string
  readonly lastUsedAt: Date
  /** Read only where the policy needs it. */
  readonly authenticationMethods?: AuthenticationMethod[]
}

const viewersText = (columns: string) => `
    SELECT s.id AS "sessionId", r.last_used_at AS "lastUsedAt", ${columns}
    FROM sessions s
    JOIN refresh_tokens r ON r.session_id = s.id
    JOIN users u ON u.id = s.user_id
    WHERE s.id = ANY($1::uuid[]) AND ${liveConditionText('$2::timestamptz')} AND u.disabled_at IS NULL`

const methodsColumn = 's.authentication_methods::text[] AS "authenticationMethods"'

const statements: Readonly<Record<MfaPolicy, { name: string; text: string }>> = {
  optional: { name: 'viewers', text: viewersText(userColumns) },
  required: {
    name: 'viewers-with-methods',
    text: viewersText(`${methodsColumn}, ${userColumns}`),
  },
}

/** Returns the live sessions with their enabled users. One statement, with three index lookups for each session. */
export async function readViewers(
  query: QueryFn,
  sessionIds: readonly string[],
  now: Date,
  policy: MfaPolicy,
) {
  const rows = await query<ViewerColumns>(statements[policy], [sessionIds, now])
  // Uses the row itself as the user: a copy without two columns for each request is visible in CPU profiles.
  return rows.map((user): ViewerRow => {
    const { sessionId, lastUsedAt, authenticationMethods: methods } = user
    return { sessionId, lastUsedAt, mustEnroll: !!methods && !isMultiFactor(methods), user }
  })
}
