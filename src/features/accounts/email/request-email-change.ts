import { z } from 'zod'
import type { Audit } from '../../audit/index.js'
import type { Outbox } from '../../mail/index.js'
import { isRecent, type Sessions } from '../../sessions/index.js'
import type { Clock } from '../../../platform/clock.js'
import type { Database } from '../../../platform/database/database.js'
import type { Viewer } from '../../../platform/graphql/context.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import type { UserRow } from '../account.store.js'
import { email, parseFields, type FieldProblem } from '../fields.js'
import { lockForViewer } from '../lock-for-viewer.js'
import type { OneTimeTokens } from '../one-time-tokens.js'

export type RequestEmailChangeOutcome =
  | { kind: 'requested'; user: UserRow }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | { kind: 'reauthentication-required' }
  | { kind: 'session-ended' }

export interface RequestEmailChangeNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly tokens: OneTimeTokens
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

const input = z.object({ newEmail: email })

/**
 * Asks to change the viewer's address. It changes when the new mailbox confirms, and the old one is told at once. That
 * the new one is taken is for its owner to know, by mail: the answer is the same.
 */
export function createRequestEmailChange(needs: RequestEmailChangeNeeds) {
  const { database, clock, tokens, sessions, outbox, audit } = needs

  return async (
    viewer: Viewer,
    typed: string,
    request: RequestInfo,
  ): Promise<RequestEmailChangeOutcome> => {
    const { userId, sessionId, authenticatedAt } = viewer
    if (!isRecent(authenticatedAt, clock.now())) return { kind: 'reauthentication-required' }
    const parsed = parseFields(input, { newEmail: typed })
    if (!parsed.ok) return { kind: 'invalid-input', problems: parsed.problems }
    const { newEmail } = parsed.fields
    return database.transaction(async (tx) => {
      const user = await lockForViewer(tx, sessions, viewer)
      if (!user) return { kind: 'session-ended' as const }
      if (newEmail === user.email) {
        const message = 'This is the address of the account already.'
        return { kind: 'invalid-input' as const, problems: [{ field: 'newEmail', message }] }
      }
      const { locale } = user
      await tokens.request(tx, { userId, purpose: 'CHANGE_EMAIL', email: newEmail, sessionId })
      await outbox.put(tx, {
        kind: 'CONFIRM_EMAIL_CHANGE',
        recipient: newEmail,
        accountId: userId,
        locale,
      })
      await outbox.put(tx, {
        kind: 'EMAIL_CHANGE_REQUESTED',
        recipient: user.email,
        accountId: userId,
        locale,
      })
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'EMAIL_CHANGE_REQUESTED', ...event }, request)
      return { kind: 'requested' as const, user }
    })
  }
}
