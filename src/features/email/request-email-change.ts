import { z } from '../../platform/zod.js'
import type { Audit } from '../audit/index.js'
import type { Outbox } from '../mail/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { type UserRow, parseFields, type FieldProblem, userFields } from '../users/index.js'
import { lockForStepUp, type ReauthenticationRequired } from '../credentials/index.js'
import type { EmailChanges } from './email-changes.js'
import { confirmEmailChangeEmail } from './emails/confirm-email-change.email.js'
import { emailChangeRequestedEmail } from './emails/email-change-requested.email.js'

const { email } = userFields

export interface RequestedEmailChange {
  readonly newEmail: string
  readonly presenceProof: string | null
}

export type RequestEmailChangeOutcome =
  | { kind: 'requested'; user: UserRow }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | ReauthenticationRequired
  | { kind: 'session-ended' }

export interface RequestEmailChangeDeps {
  readonly database: Database
  readonly emailChanges: EmailChanges
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

const inputSchema = z.object({ newEmail: email })

/**
 * Requests a change of the viewer's address. The address changes when the new mailbox confirms it. The old mailbox
 * gets a notice at once and can reject the change. The answer is the same for a taken address: only its owner gets an
 * e-mail.
 */
export function createRequestEmailChange(deps: RequestEmailChangeDeps) {
  const { database, emailChanges, sessions, outbox, audit } = deps

  return async (
    viewer: Viewer,
    requested: RequestedEmailChange,
    request: RequestInfo,
  ): Promise<RequestEmailChangeOutcome> => {
    const { userId, sessionId } = viewer
    const parsed = parseFields(inputSchema, requested)
    return database.transaction(async (tx) => {
      const stepUp = await lockForStepUp(tx, sessions, viewer, requested.presenceProof)
      if (stepUp.kind !== 'present') return stepUp
      if (!parsed.ok) return { kind: 'invalid-input' as const, problems: parsed.problems }
      const { user } = stepUp
      const { newEmail } = parsed.fields
      if (newEmail === user.email) {
        const message = 'This is already the address of the account.'
        return { kind: 'invalid-input' as const, problems: [{ field: 'newEmail', message }] }
      }
      const { email: oldEmail, locale } = user
      const change = await emailChanges.requestChange(tx, { userId, sessionId, oldEmail, newEmail })
      const message = { accountId: userId, locale, details: { change } }
      await outbox.enqueue(tx, { kind: confirmEmailChangeEmail, recipient: newEmail, ...message })
      await outbox.enqueue(tx, { kind: emailChangeRequestedEmail, recipient: oldEmail, ...message })
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'EMAIL_CHANGE_REQUESTED', ...event }, request)
      return { kind: 'requested' as const, user }
    })
  }
}
