import type { Sessions } from '../sessions/index.js'
import type { Tx } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { findUser, lockUser, type UserRow } from './user.store.js'

/**
 * Locks the viewer's account and then reads the session again. Code that ends sessions locks the same row first. So a
 * request of an attacker's session that began before its end is refused. Null if the session or the account has ended.
 */
export async function lockForViewer(
  tx: Tx,
  sessions: Sessions,
  { userId, sessionId }: Viewer,
): Promise<UserRow | null> {
  const locked = await lockUser(tx, userId)
  const session = await sessions.find(tx, sessionId, userId)
  if (!locked || locked.disabled || !session || session.endedAt) return null
  return findUser(tx, userId)
}
