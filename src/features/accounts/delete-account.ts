import type { Audit } from '../audit/index.js'
import type { Outbox } from '../mail/index.js'
import { isRecent } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { deleteUser, findUser, lockUser } from './account.store.js'
import { canonicalEmail } from './email/email-address.js'
import type { FieldProblem } from './fields.js'

export type DeleteAccountOutcome =
  | { kind: 'deleted'; id: string }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | { kind: 'reauthentication-required' }
  | { kind: 'session-ended' }

export interface DeleteAccountNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly outbox: Outbox
  readonly audit: Audit
}

/** Deletes the viewer's account with all that belongs to it. The audit log stays: ids and network addresses. */
export function createDeleteAccount(needs: DeleteAccountNeeds) {
  const { database, clock, outbox, audit } = needs

  return async (
    { userId, sessionId, authenticatedAt }: Viewer,
    confirmEmail: string,
    request: RequestInfo,
  ): Promise<DeleteAccountOutcome> => {
    if (!isRecent(authenticatedAt, clock.now())) return { kind: 'reauthentication-required' }
    const user = await findUser(database.db, userId)
    if (!user) return { kind: 'session-ended' }
    if (canonicalEmail(confirmEmail) !== user.email) {
      const message = 'This is not the address of the account.'
      return { kind: 'invalid-input', problems: [{ field: 'confirmEmail', message }] }
    }
    const deleted = await database.transaction(async (tx) => {
      const locked = await lockUser(tx, userId) // a disabled account keeps what it is disabled for
      if (!locked || locked.disabled || !(await deleteUser(tx, userId))) return false
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'USER_DELETED', ...event }, request)
      const { email: recipient, locale } = user
      await outbox.put(tx, { kind: 'ACCOUNT_DELETED', recipient, locale })
      return true
    })
    return deleted ? { kind: 'deleted', id: userId } : { kind: 'session-ended' }
  }
}
