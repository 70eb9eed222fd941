import type { Audit } from '../../audit/index.js'
import type { Outbox } from '../../mail/index.js'
import type { Sessions } from '../../sessions/index.js'
import type { Clock } from '../../../platform/clock.js'
import type { Database, Tx } from '../../../platform/database/database.js'
import type { Viewer } from '../../../platform/graphql/context.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import { findUser, isTaken, lockUser, setEmail, type UserRow } from '../account.store.js'
import type { OneTimeTokenRow } from '../one-time-token.store.js'
import type { OneTimeTokens, TokenRefusal } from '../one-time-tokens.js'

export type ConfirmEmailChangeOutcome = { kind: 'changed'; user: UserRow } | TokenRefusal

export interface ConfirmEmailChangeNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly tokens: OneTimeTokens
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

/**
 * Changes the address, now that the new mailbox has confirmed. Both mailboxes are told, links that went to the old one
 * work no more, and every session ends but the one that asked and the one that confirms (ASVS 7.4.3).
 */
export function createConfirmEmailChange(needs: ConfirmEmailChangeNeeds) {
  const { database, clock, tokens, sessions, outbox, audit } = needs

  return async (
    token: string,
    viewer: Viewer | null,
    request: RequestInfo,
  ): Promise<ConfirmEmailChangeOutcome> => {
    const found = await tokens.look(token, 'CHANGE_EMAIL')
    if (found.kind !== 'valid') return found
    const { row } = found
    const kept = [row.sessionId, viewer?.userId === row.userId ? viewer.sessionId : null]
    try {
      const user = await database.transaction((tx) => change(tx, row, token, kept, request))
      return user ? { kind: 'changed', user } : { kind: 'invalid-token' }
    } catch (error) {
      if (isTaken(error)) return { kind: 'invalid-token' } // somebody registered it meanwhile
      throw error
    }
  }

  async function change(
    tx: Tx,
    { userId, email, sessionId }: OneTimeTokenRow,
    token: string,
    kept: readonly (string | null)[],
    request: RequestInfo,
  ) {
    const locked = await lockUser(tx, userId)
    const before = await findUser(tx, userId)
    if (!before || !locked || locked.disabled) return null
    if (!(await tokens.use(tx, token, 'CHANGE_EMAIL'))) return null
    await setEmail(tx, userId, email, clock.now())
    await tokens.endAll(tx, userId)
    await sessions.clearPresenceProofs(tx, userId)
    const keptIds = kept.filter((id) => id !== null)
    await sessions.endOthers(tx, userId, keptIds, 'REVOKED')
    const { locale } = before
    for (const recipient of [before.email, email]) {
      await outbox.put(tx, { kind: 'EMAIL_CHANGED', recipient, accountId: userId, locale })
    }
    const event = { actorId: userId, targetId: userId, sessionId }
    await audit.record(tx, { type: 'EMAIL_CHANGED', ...event }, request)
    return findUser(tx, userId)
  }
}
