import type { Audit } from '../audit/index.js'
import { isRecent } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { deleteUser, findUser } from './account.store.js'
import { canonicalEmail } from './email-address.js'
import type { FieldProblem } from './fields.js'

export type DeleteAccountOutcome =
  | { kind: 'deleted'; id: string }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | { kind: 'reauthentication-required' }

export interface DeleteAccountNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Audit
}

/** Deletes the viewer's account with all that belongs to it. The evidence stays: it names nobody but an id. */
export function createDeleteAccount({ database, clock, audit }: DeleteAccountNeeds) {
  return async (
    { userId, sessionId, authenticatedAt }: Viewer,
    confirmEmail: string,
    request: RequestInfo,
  ): Promise<DeleteAccountOutcome> => {
    if (!isRecent(authenticatedAt, clock.now())) return { kind: 'reauthentication-required' }
    const user = await findUser(database.db, userId)
    if (!user || canonicalEmail(confirmEmail) !== user.email) {
      const message = 'This is not the address of the account.'
      return { kind: 'invalid-input', problems: [{ field: 'confirmEmail', message }] }
    }
    await database.transaction(async (tx) => {
      await deleteUser(tx, userId)
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'USER_DELETED', ...event }, request)
    })
    return { kind: 'deleted', id: userId }
  }
}
