import type { Audit } from '../audit/index.js'
import type { Outbox } from '../mail/index.js'
import { isRecent, type Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { deleteUser } from './account.store.js'
import { canonicalEmail } from './email/email-address.js'
import type { FieldProblem } from './fields.js'
import { lockForViewer } from './lock-for-viewer.js'

export type DeleteAccountOutcome =
  | { kind: 'deleted'; id: string }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | { kind: 'reauthentication-required' }
  | { kind: 'session-ended' }

export interface DeleteAccountNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

const notTheAddress = {
  field: 'confirmEmail',
  message: 'This is not the address of the account.',
}

/** Deletes the viewer's account with all that belongs to it. The audit log stays: ids and network addresses. */
export function createDeleteAccount(needs: DeleteAccountNeeds) {
  const { database, clock, sessions, outbox, audit } = needs

  return async (
    viewer: Viewer,
    confirmEmail: string,
    request: RequestInfo,
  ): Promise<DeleteAccountOutcome> => {
    const { userId, sessionId, authenticatedAt } = viewer
    if (!isRecent(authenticatedAt, clock.now())) return { kind: 'reauthentication-required' }
    return database.transaction(async (tx) => {
      const user = await lockForViewer(tx, sessions, viewer) // a disabled account keeps what it is disabled for
      if (!user) return { kind: 'session-ended' as const }
      if (canonicalEmail(confirmEmail) !== user.email) {
        return { kind: 'invalid-input' as const, problems: [notTheAddress] }
      }
      await deleteUser(tx, userId)
      const { email: recipient, locale } = user
      await outbox.forget(tx, userId)
      await outbox.put(tx, { kind: 'ACCOUNT_DELETED', recipient, locale })
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'USER_DELETED', ...event }, request)
      return { kind: 'deleted' as const, id: userId }
    })
  }
}
