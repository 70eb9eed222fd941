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

/** The proof besides the token that a person confirms: mail scanners press buttons. */
type ConfirmationProof = { by: 'requesting-session' } | { by: 'password'; version: number }

/**
 * Changes the address with the link from the e-mail to the new mailbox. Also needs the requesting session or the
 * account's password. Notifies both mailboxes and revokes all links sent to the old one. Ends all sessions except the
 * requesting and the confirming one (ASVS 7.4.3).
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
      // Another account has taken the address meanwhile.
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
    // A duplicate of this request may have changed the address between the two lookups.
    const currentEmail = check.kind === 'wrong' ? await findEmail() : email
    if (currentEmail !== undefined && currentEmail !== email) {
      check = await checkPassword(currentEmail, password, request)
    }
    if (check.kind === 'wrong' || check.password.userId !== userId) return null
    await check.password.resetFailures()
    return { by: 'password', version: check.password.version }
  }

  /** Repeats the earlier checks under the user's lock. */
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
    // The correct password may be outdated: a reset may have replaced it meanwhile.
    const isPasswordOutdated =
      proof.by === 'password' && (await readCredentialVersion(tx, userId)) !== proof.version
    if (isPasswordOutdated) return { kind: 'invalid-credentials' }

    const pending = await emailChanges.lockPending(tx, id)
    if (!pending) return answerDuplicate(tx, change)
    const isRequesterSignedOut = proof.by === 'requesting-session' && !pending.isRequesterSignedIn
    if (isRequesterSignedOut || locked.email !== oldEmail) return { kind: 'invalid-token' }

    await setEmail(tx, userId, newEmail, clock.now())
    // Checked after the unique index accepted the address: the user who gave up the address has committed by then.
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

  /** The same request within a minute, or at the same moment, gets the same answer. Nothing is written. */
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

/** Another account can still restore the address. */
class EmailReserved extends Error {
  override readonly name = 'EmailReserved'
}
