import type { Audit } from '../audit/index.js'
import { passwordResetEmail } from '../password-changes/index.js'
import type { Outbox } from '../mail/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { lockUser, type FieldProblem, canonicalEmail } from '../users/index.js'
import { tokenLifetimeMs, type TokenRefusal } from '../one-time-tokens/index.js'
import type { EmailChangeRow } from './email-change.store.js'
import type { EmailChanges } from './email-changes.js'
import type { UndoEmailChange } from './undo-email-change.js'

export interface RejectEmailChangeRequest {
  /** From one of the two e-mails to the old address. */
  readonly token: string
  /** The old address, typed by the person. */
  readonly confirmEmail: string
  /** The password at the time of the request. Needed after the confirmation. */
  readonly password: string | null
}

export type RejectEmailChangeOutcome =
  /** `tokenLifetimeMs` is the lifetime of the reset link in milliseconds. */
  | { kind: 'requested'; email: string; tokenLifetimeMs: number }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | { kind: 'invalid-credentials' }
  | TokenRefusal

export interface RejectEmailChangeDeps {
  readonly database: Database
  readonly emailChanges: EmailChanges
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
  readonly undoEmailChange: UndoEmailChange
}

const wrongEmailProblem = {
  field: 'confirmEmail',
  message: 'This is not the address to which the e-mail was sent.',
}

/**
 * "This was not me": rejects a change with the link from an e-mail to the old address. Before the confirmation,
 * typing the old address cancels the change and ends the requesting session. Mail scanners cannot type it. After the
 * confirmation, the password is also required: see undo-email-change.ts. Both cases send a link to reset the
 * password.
 */
export function createRejectEmailChange(deps: RejectEmailChangeDeps) {
  const { database, emailChanges, sessions, outbox, audit, undoEmailChange } = deps

  return async (
    { token, confirmEmail, password }: RejectEmailChangeRequest,
    request: RequestInfo,
  ): Promise<RejectEmailChangeOutcome> => {
    const found = await emailChanges.lookUpRejectToken(token)
    if (found.kind !== 'valid') return found
    const { change } = found
    if (canonicalEmail(confirmEmail) !== change.oldEmail) {
      return { kind: 'invalid-input', problems: [wrongEmailProblem] }
    }
    const result = change.confirmedAt
      ? await undoEmailChange(change, password, request)
      : await cancelOrUndo()
    if (result.kind !== 'done') return result
    const lifetimeMs = tokenLifetimeMs.RESET_PASSWORD
    return { kind: 'requested', email: change.oldEmail, tokenLifetimeMs: lifetimeMs }

    async function cancelOrUndo() {
      const cancelled = await database.transaction((tx) => cancel(tx, change, request))
      if (cancelled.kind !== 'confirmed-meanwhile') return cancelled
      return undoEmailChange(change, password, request)
    }
  }

  /** Cancels all pending changes of the account: a newer request may have replaced the change of this e-mail. */
  async function cancel(
    tx: Tx,
    { id, userId, oldEmail, sessionId }: EmailChangeRow,
    request: RequestInfo,
  ) {
    const locked = await lockUser(tx, userId)
    const change = await emailChanges.find(tx, id)
    if (!locked || !change) return { kind: 'invalid-token' as const }
    if (change.confirmedAt) return { kind: 'confirmed-meanwhile' as const }
    if (locked.email !== oldEmail) return { kind: 'invalid-token' as const }
    const requestingSessionIds = await emailChanges.cancel(tx, userId)
    if (requestingSessionIds.length === 0) return { kind: 'done' as const } // already rejected
    for (const requestingSessionId of new Set([sessionId, ...requestingSessionIds]))
      await sessions.end(tx, requestingSessionId, 'REVOKED')
    const event = { type: 'EMAIL_CHANGE_REJECTED', targetId: userId, sessionId } as const
    await audit.record(tx, event, request)
    const { ip, userAgent } = request
    const details = { ip, ...(userAgent !== null && { userAgent }) }
    await outbox.enqueue(tx, { kind: passwordResetEmail, recipient: oldEmail, details })
    return { kind: 'done' as const }
  }
}
