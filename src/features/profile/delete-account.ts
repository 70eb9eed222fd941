import type { Audit } from '../audit/index.js'
import type { Outbox } from '../mail/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { deleteUser, canonicalEmail, type FieldProblem } from '../users/index.js'
import type { EmailChanges } from '../email/index.js'
import { lockForStepUp, type ReauthenticationRequired } from '../credentials/index.js'
import { accountDeletedEmail } from './account-deleted.email.js'

export interface DeleteAccountRequest {
  readonly confirmEmail: string
  readonly presenceProof: string | null
}

export type DeleteAccountOutcome =
  | { kind: 'deleted'; id: string }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | ReauthenticationRequired
  | { kind: 'session-ended' }

export interface DeleteAccountDeps {
  readonly database: Database
  readonly emailChanges: EmailChanges
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

const wrongEmailProblem = {
  field: 'confirmEmail',
  message: 'This is not the address of the account.',
}

/** Deletes the viewer's account and all its data. The audit log keeps its entries: ids and network addresses. */
export function createDeleteAccount(deps: DeleteAccountDeps) {
  const { database, emailChanges, sessions, outbox, audit } = deps

  return async (
    viewer: Viewer,
    { confirmEmail, presenceProof }: DeleteAccountRequest,
    request: RequestInfo,
  ): Promise<DeleteAccountOutcome> => {
    const { userId, sessionId } = viewer
    return database.transaction(async (tx) => {
      const stepUp = await lockForStepUp(tx, sessions, viewer, presenceProof)
      if (stepUp.kind !== 'present') return stepUp // also for a disabled account: its data may be evidence
      const { user } = stepUp
      if (canonicalEmail(confirmEmail) !== user.email) {
        return { kind: 'invalid-input' as const, problems: [wrongEmailProblem] }
      }
      // After the deletion these addresses cannot be restored. Their owners may be other people than the viewer.
      const formerEmails = await emailChanges.findRestorableEmails(tx, userId)
      await deleteUser(tx, userId)
      const { email, locale } = user
      await outbox.detachAccount(tx, userId)
      for (const recipient of new Set([email, ...formerEmails])) {
        await outbox.enqueue(tx, { kind: accountDeletedEmail, recipient, locale })
      }
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'USER_DELETED', ...event }, request)
      return { kind: 'deleted' as const, id: userId }
    })
  }
}
