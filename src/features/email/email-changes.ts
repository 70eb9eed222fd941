import { addMs, type Clock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Database, Tx } from '../../platform/database/database.js'
import { hashToken, newToken, type TokenRefusal } from '../one-time-tokens/index.js'
import {
  cancelLater,
  cancelPending,
  listChanges,
  deleteChanges,
  findByConfirmToken,
  findByRejectToken,
  findChange,
  findPending,
  findReservingUser,
  findTokenHashes,
  clearPasswordHashes,
  insertChange,
  isChangePending,
  lockPending,
  findRestorableEmails,
  setConfirmed,
  setTokenHash,
  setUndone,
  type EmailChangeRow,
  type NewChange,
  type RejectableChange,
  type TokenColumn,
} from './email-change.store.js'
import { createCleanupJob } from '../../platform/jobs.js'

const dayMs = 24 * 60 * 60_000

/** Milliseconds in which the new address can confirm. */
const confirmWindowMs = dayMs
/** Milliseconds in which the old address can undo a confirmed change. Nobody else gets that address meanwhile. */
const undoWindowMs = 7 * dayMs
/** Milliseconds in which the same request again gets the same answer: a double click, a retry after a lost response. */
const duplicateWindowMs = 60_000

// The token of a change that is over still gets TOKEN_EXPIRED, not INVALID_TOKEN.
const retentionMs = 7 * dayMs
const batchSize = 500

export interface EmailChangesDeps {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
}

export type EmailChanges = ReturnType<typeof createEmailChanges>

/** Changes of address: what is pending, what can be undone, and which addresses are reserved meanwhile. */
export function createEmailChanges({ database, clock, random }: EmailChangesDeps) {
  const { db } = database

  /** Confirmed within the last minute, and in force. */
  const isRecentlyConfirmed = ({ confirmedAt, cancelledAt, undoneAt }: EmailChangeRow) =>
    confirmedAt !== null &&
    confirmedAt > addMs(clock.now(), -duplicateWindowMs) &&
    cancelledAt === null &&
    undoneAt === null

  /** Deletes password hashes as soon as they undo nothing any more, and a week later the rest. */
  async function removeOldChanges() {
    const now = clock.now()
    while ((await clearPasswordHashes(db, now, batchSize)) === batchSize);
    const before = addMs(now, -retentionMs)
    while ((await deleteChanges(db, before, batchSize)) === batchSize);
  }

  return {
    isJustConfirmed: isRecentlyConfirmed,

    /** Replaces the user's pending change. Returns the id, for the messages. The caller has locked the user. */
    async requestChange(tx: Tx, change: Omit<NewChange, 'id' | 'requestedAt' | 'expiresAt'>) {
      const id = newId(clock)
      const now = clock.now()
      await cancelPending(tx, change.userId, now)
      const expiresAt = addMs(now, confirmWindowMs)
      await insertChange(tx, { ...change, id, requestedAt: now, expiresAt })
      return id
    },

    /**
     * The token for one of the messages of a change: the one of an earlier try while it is good, else a new one, which
     * replaces it. Null when the account is gone, and for the new address when the change is not pending any more.
     */
    async getOrCreateToken(tx: Tx, id: string, column: TokenColumn, earlierToken: string | null) {
      const row = await findTokenHashes(tx, id)
      if (!row) return null
      if (column === 'confirmTokenHash' && !(await isChangePending(tx, id, clock.now())))
        return null
      const { userId: accountId, expiresAt } = row
      const stored = row[column]
      if (
        earlierToken !== null &&
        stored &&
        Buffer.compare(hashToken(earlierToken), stored) === 0
      ) {
        return { text: earlierToken, accountId, expiresAt }
      }
      const text = newToken(random)
      const isSet = await setTokenHash(tx, id, column, hashToken(text))
      return isSet ? { text, accountId, expiresAt } : null
    },

    /** The change that a token confirms, or was used to confirm a moment ago. */
    async lookUpConfirmToken(
      token: string,
    ): Promise<{ kind: 'valid'; change: EmailChangeRow } | TokenRefusal> {
      const change = await findByConfirmToken(db, hashToken(token))
      if (!change) return { kind: 'invalid-token' }
      if (isRecentlyConfirmed(change)) return { kind: 'valid', change }
      if (change.confirmedAt ?? change.cancelledAt) return { kind: 'invalid-token' }
      const now = clock.now()
      if (change.expiresAt <= now) return { kind: 'token-expired' }
      if (await isChangePending(db, change.id, now)) return { kind: 'valid', change }
      // The same request, sent twice, may have confirmed it between the two look-ups.
      const confirmed = await findByConfirmToken(db, hashToken(token))
      const isDuplicate = confirmed !== null && isRecentlyConfirmed(confirmed)
      return isDuplicate ? { kind: 'valid', change: confirmed } : { kind: 'invalid-token' }
    },

    /** The change that a token cancels or undoes, or did already: to reject it twice is no error. */
    async lookUpRejectToken(
      token: string,
    ): Promise<{ kind: 'valid'; change: RejectableChange } | TokenRefusal> {
      const change = await findByRejectToken(db, hashToken(token))
      if (!change) return { kind: 'invalid-token' }
      if (change.confirmedAt && change.cancelledAt) return { kind: 'invalid-token' }
      if (change.expiresAt <= clock.now()) return { kind: 'token-expired' }
      return { kind: 'valid', change }
    },

    find: (tx: Tx, id: string) => findChange(tx, id),

    /** Null when it is not pending any more. See lockPending in the store. */
    lockPending: (tx: Tx, id: string) => lockPending(tx, id, clock.now()),

    /** From now on the old address can undo it. */
    confirm(
      tx: Tx,
      change: EmailChangeRow,
      { isOldEmailVerified }: { isOldEmailVerified: boolean },
    ) {
      const now = clock.now()
      const undoableUntil = addMs(now, undoWindowMs)
      return setConfirmed(tx, change, { now, undoableUntil, isOldEmailVerified })
    },

    /** Cancels what the user has pending, whoever asked for it. Returns the sessions that asked. */
    cancel: (tx: Tx, userId: string) => cancelPending(tx, userId, clock.now()),

    /** Takes back a confirmed change and all later ones. False when somebody was faster, or it is too late. */
    async undo(tx: Tx, change: EmailChangeRow) {
      const now = clock.now()
      if (!(await setUndone(tx, change.id, now))) return false
      await cancelLater(tx, change, now)
      return true
    },

    /** The address to which the user's is about to change; null when none is. */
    findPendingEmail: async (userId: string) =>
      (await findPending(db, userId, clock.now()))?.newEmail ?? null,

    /** Whose former address it is for so long that nobody but `userId` may have it; null when nobody's. */
    findReservingUser: (tx: Tx, email: string, userId: string | null = null) =>
      findReservingUser(tx, email, { now: clock.now(), userId }),

    /** The former addresses of a user that can still be restored. */
    findRestorableEmails: (tx: Tx, userId: string) => findRestorableEmails(tx, userId, clock.now()),

    /** All that is kept, without secrets. */
    listForUser: (userId: string) => listChanges(db, userId),

    jobs: [createCleanupJob('remove old e-mail changes', removeOldChanges)],
  }
}
