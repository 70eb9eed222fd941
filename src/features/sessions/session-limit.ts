import type { Tx } from '../../platform/database/database.js'
import type { Ask } from '../../platform/database/hot-statements.js'
import type { SessionOptions } from './session-options.js'
import { endSession, liveSessionIds } from './session.store.js'

/**
 * Makes room for one more session of a user whose row this transaction has locked: sign-ins of one user
 * come one after the other, so that fifty at once leave exactly as many as allowed. Returns the sessions
 * that had to go; null when there is no room and the policy is to refuse.
 */
export async function makeRoom(
  tx: Tx | Ask,
  userId: string,
  { maxPerUser, limitPolicy }: SessionOptions,
  now: Date,
): Promise<string[] | null> {
  if (maxPerUser === 0) return []
  const ids = await liveSessionIds(tx, userId, now)
  const tooMany = ids.length - maxPerUser + 1
  if (tooMany <= 0) return []
  if (limitPolicy === 'refuse') return null
  const evicted = ids.slice(0, tooMany)
  for (const id of evicted) await endSession(tx, id, { now, reason: 'EVICTED' })
  return evicted
}
