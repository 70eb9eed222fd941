import type { Audit } from '../audit/index.js'
import type { Outbox } from '../mail/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { findUser, isUniqueViolation, lockUser, setEmail, type UserRow } from '../users/index.js'
import type { OneTimeTokens, TokenRefusal } from '../one-time-tokens/index.js'
import { type CheckPassword, readCredentialVersion } from '../credentials/index.js'
import type { EmailChangeRow } from './email-change.store.js'
import type { EmailChanges } from './email-changes.js'
import { emailChangeConfirmedEmail } from './emails/email-change-confirmed.email.js'
import { emailChangedEmail } from './emails/email-changed.email.js'

export interface ConfirmEmailChangeRequest {
  readonly token: string
  readonly password: string | null
}

export type ConfirmEmailChangeOutcome =
  { kind: 'changed'; user: UserRow } | { kind: 'invalid-credentials' } | TokenRefusal

export interface ConfirmEmailChangeDeps {
  readonly database: Database
  readonly clock: Clock
  readonly checkPassword: CheckPassword
  readonly tokens: OneTimeTokens
  readonly emailChanges: EmailChanges
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

/** What shows that a person confirms, beside the token: programs that read mail press buttons. */
type ConfirmationProof = { by: 'requesting-session' } | { by: 'password'; version: number }

/**
 * Changes the address by the link in the message to the new mailbox, and by the session that asked or the account's
 * password. Both mailboxes are told, links that went to the old one are dead, and every session ends but the one that
 * asked and the one that confirms (ASVS 7.4.3).
 */
export function createConfirmEmailChange(deps: ConfirmEmailChangeDeps) {
  const { database, clock, checkPassword, tokens, emailChanges, sessions, outbox, audit } = deps

  return async (
    { token, password }: ConfirmEmailChangeRequest,
    viewer: Viewer | null,
    request: RequestInfo,
  ): Promise<ConfirmEmailChangeOutcome> => {
    const found = await emailChanges.lookUpConfirmToken(token)
    if (found.kind !== 'valid') return found
    const { change } = found
    const proof = await prove(change, password, viewer, request)
    if (!proof) {
      const event = { type: 'EMAIL_CHANGED', targetId: change.userId, success: false } as const
      await database.transaction((tx) => audit.record(tx, event, request))
      return { kind: 'invalid-credentials' }
    }
    try {
      return await database.transaction((tx) => confirm(tx, change, proof, viewer, request))
    } catch (error) {
      // Somebody got the address meanwhile.
      if (error instanceof EmailReserved || isUniqueViolation(error))
        return { kind: 'invalid-token' }
      throw error
    }
  }

  async function prove(
    { userId, sessionId }: EmailChangeRow,
    password: string | null,
    viewer: Viewer | null,
    request: RequestInfo,
  ): Promise<ConfirmationProof | null> {
    if (viewer?.userId === userId && viewer.sessionId === sessionId)
      return { by: 'requesting-session' }
    return password === null ? null : proveByPassword(userId, password, request)
  }

  async function proveByPassword(
    userId: string,
    password: string,
    request: RequestInfo,
  ): Promise<ConfirmationProof | null> {
    const findEmail = async () => (await findUser(database.db, userId))?.email
    const email = await findEmail()
    if (email === undefined) return null
    let check = await checkPassword(email, password, request)
    // The same request sent twice may have changed the address between the two look-ups.
    const currentEmail = check.kind === 'wrong' ? await findEmail() : email
    if (currentEmail !== undefined && currentEmail !== email) {
      check = await checkPassword(currentEmail, password, request)
    }
    if (check.kind === 'wrong' || check.password.userId !== userId) return null
    await check.password.resetFailures()
    return { by: 'password', version: check.password.version }
  }

  /** What was looked at before is looked at again under the user's lock. */
  async function confirm(
    tx: Tx,
    change: EmailChangeRow,
    proof: ConfirmationProof,
    viewer: Viewer | null,
    request: RequestInfo,
  ): Promise<ConfirmEmailChangeOutcome> {
    const { id, userId, oldEmail, newEmail } = change
    const locked = await lockUser(tx, userId)
    if (!locked || locked.disabled) return { kind: 'invalid-token' }
    // The password that was right may be the one from before a reset.
    const isPasswordOutdated =
      proof.by === 'password' && (await readCredentialVersion(tx, userId)) !== proof.version
    if (isPasswordOutdated) return { kind: 'invalid-credentials' }

    const pending = await emailChanges.lockPending(tx, id)
    if (!pending) return answerDuplicate(tx, change)
    const isRequesterSignedOut = proof.by === 'requesting-session' && !pending.isRequesterSignedIn
    if (isRequesterSignedOut || locked.email !== oldEmail) return { kind: 'invalid-token' }

    await setEmail(tx, userId, newEmail, clock.now())
    // After the unique index let the address in: who moved away from it has committed, and is seen here.
    if (await emailChanges.findReservingUser(tx, newEmail, userId)) throw new EmailReserved()
    await emailChanges.confirm(tx, change, { isOldEmailVerified: locked.verified })
    await tokens.revokeAll(tx, userId)
    await sessions.clearPresenceProofs(tx, userId)
    await notifyMailboxes(tx, change, viewer, request)
    return toChangedOutcome(tx, userId)
  }

  async function notifyMailboxes(
    tx: Tx,
    { id, userId, sessionId, oldEmail, newEmail }: EmailChangeRow,
    viewer: Viewer | null,
    request: RequestInfo,
  ) {
    const keptSessionIds = viewer?.userId === userId ? [sessionId, viewer.sessionId] : [sessionId]
    await sessions.endOthers(tx, userId, keptSessionIds, 'REVOKED')
    const locale = (await findUser(tx, userId))?.locale ?? null
    const message = { accountId: userId, locale, details: { change: id } }
    await outbox.enqueue(tx, { kind: emailChangedEmail, recipient: oldEmail, ...message })
    await outbox.enqueue(tx, { kind: emailChangeConfirmedEmail, recipient: newEmail, ...message })
    const event = { actorId: userId, targetId: userId, sessionId }
    await audit.record(tx, { type: 'EMAIL_CHANGED', ...event }, request)
  }

  /** The same request a second time within a minute, or at the same moment: the same answer, and nothing is written. */
  async function answerDuplicate(tx: Tx, { id, userId }: EmailChangeRow) {
    const change = await emailChanges.find(tx, id)
    if (!change || !emailChanges.isJustConfirmed(change)) return { kind: 'invalid-token' as const }
    return toChangedOutcome(tx, userId)
  }

  async function toChangedOutcome(tx: Tx, userId: string): Promise<ConfirmEmailChangeOutcome> {
    const user = await findUser(tx, userId)
    return user ? { kind: 'changed', user } : { kind: 'invalid-token' }
  }
}

/** Another account can still have the address back. */
class EmailReserved extends Error {
  override readonly name = 'EmailReserved'
}
