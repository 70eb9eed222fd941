import type { Audit } from '../audit/index.js'
import type { Budgets } from '../limits/index.js'
import type { Outbox } from '../mail/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import {
  findUser,
  isUniqueViolation,
  lockUser,
  setEmail,
  replaceKnownNetworks,
} from '../users/index.js'
import type { OneTimeTokens, TokenRefusal } from '../one-time-tokens/index.js'
import { type CheckStoredPassword, replacePassword } from '../credentials/index.js'
import { passwordResetEmail } from '../password-changes/index.js'
import { randomPassword, type PasswordHasher } from '../passwords/index.js'
import type { RejectableChange } from './email-change.store.js'
import type { EmailChanges } from './email-changes.js'
import { emailChangeUndoneEmail } from './emails/email-change-undone.email.js'

export type UndoEmailChangeOutcome =
  { kind: 'done' } | { kind: 'invalid-credentials' } | TokenRefusal

export interface UndoEmailChangeDeps {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly budgets: Budgets
  readonly hasher: PasswordHasher
  readonly checkStoredPassword: CheckStoredPassword
  readonly tokens: OneTimeTokens
  readonly emailChanges: EmailChanges
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

// Ten guesses a day: within the seven days, fewer failures than the limit of 100 in NIST SP 800-63B-4 §3.2.2.
const guessBudget = { max: 10, windowMs: 24 * 60 * 60_000 }

export type UndoEmailChange = ReturnType<typeof createUndoEmailChange>

/**
 * Undoes a confirmed change with the password that was valid when the user requested it. So a later password change
 * by an attacker does not matter. The old mailbox alone is not enough: a former employer may read it.
 */
export function createUndoEmailChange(deps: UndoEmailChangeDeps) {
  const { database, clock, random, budgets, hasher, checkStoredPassword } = deps
  const { tokens, emailChanges, sessions, outbox, audit } = deps

  return async (
    change: RejectableChange,
    password: string | null,
    request: RequestInfo,
  ): Promise<UndoEmailChangeOutcome> => {
    if (change.undoneAt) return { kind: 'done' } // the same form was sent twice: no work is repeated
    if (password === null || !(await isCorrectPassword(change, password))) {
      const event = { targetId: change.userId, success: false }
      await database.transaction((tx) =>
        audit.record(tx, { type: 'EMAIL_CHANGE_UNDONE', ...event }, request),
      )
      return { kind: 'invalid-credentials' }
    }
    const unknownPasswordHash = await hasher.hash(randomPassword(random)) // slow: before the transaction
    try {
      return await database.transaction((tx) => undo(tx, change, unknownPasswordHash, request))
    } catch (error) {
      if (isUniqueViolation(error)) return { kind: 'token-expired' } // the seven days are over by another replica's clock
      throw error
    }
  }

  /**
   * Counts guesses for each change separately. With the account's own counter, an attacker could delay the owner by
   * repeated failed sign-ins.
   */
  async function isCorrectPassword({ id, passwordHash }: RejectableChange, password: string) {
    hasher.throwIfBusy() // a refused request is not counted as a guess
    await budgets.reserve('undoEmailChange', id, guessBudget)
    const guess = await checkStoredPassword(passwordHash, password, `email change ${id}`)
    await guess?.succeed()
    return guess !== null
  }

  async function undo(
    tx: Tx,
    change: RejectableChange,
    unknownPasswordHash: string,
    request: RequestInfo,
  ): Promise<UndoEmailChangeOutcome> {
    const { id, userId, sessionId, oldEmail } = change
    const locked = await lockUser(tx, userId)
    if (!locked) return { kind: 'invalid-token' }
    if (!(await emailChanges.undo(tx, change))) {
      return (await emailChanges.find(tx, id))?.undoneAt
        ? { kind: 'done' }
        : { kind: 'invalid-token' }
    }
    const now = clock.now()
    await setEmail(tx, userId, oldEmail, now)
    await revokeAllAccess(tx, userId, unknownPasswordHash, request)
    await notifyMailboxes(
      tx,
      { userId, recipients: new Set([locked.email, oldEmail]), oldEmail },
      request,
    )
    const event = { actorId: userId, targetId: userId, sessionId }
    await audit.record(tx, { type: 'EMAIL_CHANGE_UNDONE', ...event }, request)
    return { kind: 'done' }
  }

  /**
   * Revokes all access that the attacker may have gained, including the password. The requester of the change knew a
   * password and could sign in again before the owner reads the e-mail. The owner sets a new password by e-mail.
   * Second factors, passkeys and identities that were added since belong here as well.
   */
  async function revokeAllAccess(
    tx: Tx,
    userId: string,
    unknownPasswordHash: string,
    { network }: RequestInfo,
  ) {
    const now = clock.now()
    await sessions.endOthers(tx, userId, [], 'REVOKED')
    await tokens.revokeAll(tx, userId)
    await replacePassword(tx, userId, unknownPasswordHash, now)
    await replaceKnownNetworks(tx, userId, network, now)
  }

  async function notifyMailboxes(
    tx: Tx,
    to: { userId: string; recipients: ReadonlySet<string>; oldEmail: string },
    { ip, userAgent }: RequestInfo,
  ) {
    const { userId, recipients, oldEmail } = to
    const locale = (await findUser(tx, userId))?.locale ?? null
    for (const recipient of recipients) {
      await outbox.enqueue(tx, {
        kind: emailChangeUndoneEmail,
        recipient,
        accountId: userId,
        locale,
      })
    }
    await outbox.enqueue(tx, {
      kind: passwordResetEmail,
      recipient: oldEmail,
      details: { ip, ...(userAgent !== null && { userAgent }) },
    })
  }
}
