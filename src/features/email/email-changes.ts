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

/** How long the new address can confirm, in milliseconds. */
const confirmWindowMs = dayMs
/**
 * How long the old address can undo a confirmed change, in milliseconds. No other account can take the address
 * meanwhile.
 */
const undoWindowMs = 7 * dayMs
/**
 * How long a repeated request gets the same answer, in milliseconds: a double click, or a retry after a lost
 * response.
 */
const duplicateWindowMs = 60_000

// How long a change is kept after its end, in milliseconds. Its tokens get TOKEN_EXPIRED, and afterwards INVALID_TOKEN.
const retentionMs = 7 * dayMs
const batchSize = 500

export interface EmailChangesDeps {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
}

export type EmailChanges = ReturnType<typeof createEmailChanges>

/** Changes of address: pending changes, changes that can be undone, and the addresses reserved meanwhile. */
export function createEmailChanges({ database, clock, random }: EmailChangesDeps) {
  const { db } = database

  /** Confirmed within the last minute, and still in effect. */
  const isRecentlyConfirmed = ({ confirmedAt, cancelledAt, undoneAt }: EmailChangeRow) =>
    confirmedAt !== null &&
    confirmedAt > addMs(clock.now(), -duplicateWindowMs) &&
    cancelledAt === null &&
    undoneAt === null

  /** Deletes the password hash when the undo window ends, and the whole change a week later. */
  async function removeOldChanges() {
    const now = clock.now()
    while ((await clearPasswordHashes(db, now, batchSize)) === batchSize);
    const before = addMs(now, -retentionMs)
    while ((await deleteChanges(db, before, batchSize)) === batchSize);
  }

  return {
    isJustConfirmed: isRecentlyConfirmed,

    /** Replaces the user's pending change. Returns the id of the new change. The caller has locked the user. */
    async requestChange(tx: Tx, change: Omit<NewChange, 'id' | 'requestedAt' | 'expiresAt'>) {
      const id = newId(clock)
      const now = clock.now()
      await cancelPending(tx, change.userId, now)
      const expiresAt = addMs(now, confirmWindowMs)
      await insertChange(tx, { ...change, id, requestedAt: now, expiresAt })
      return id
    },

    /**
     * Returns the token for an e-mail about a change. Reuses the token of an earlier try while it is valid; otherwise
     * a new token replaces it. Returns null when the account was deleted. For the new address it also returns null
     * when the change is no longer pending.
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

    /** Finds the change that a token can confirm, or has just confirmed. */
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
      // A duplicate of this request may have confirmed the change between the two lookups.
      const confirmed = await findByConfirmToken(db, hashToken(token))
      const isDuplicate = confirmed !== null && isRecentlyConfirmed(confirmed)
      return isDuplicate ? { kind: 'valid', change: confirmed } : { kind: 'invalid-token' }
    },

    /** Finds the change that a token can cancel or undo. A second rejection is not an error. */
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

    /** Returns null when the change is no longer pending. See lockPending in the store. */
    lockPending: (tx: Tx, id: string) => lockPending(tx, id, clock.now()),

    /** Confirms the change. From then on the old address can undo it. */
    confirm(
      tx: Tx,
      change: EmailChangeRow,
      { isOldEmailVerified }: { isOldEmailVerified: boolean },
    ) {
      const now = clock.now()
      const undoableUntil = addMs(now, undoWindowMs)
      return setConfirmed(tx, change, { now, undoableUntil, isOldEmailVerified })
    },

    /** Cancels the pending changes of the user, in all sessions. Returns the sessions that requested them. */
    cancel: (tx: Tx, userId: string) => cancelPending(tx, userId, clock.now()),

    /**
     * Undoes a confirmed change and all later ones. False when another request undid it first, or when it is too
     * late.
     */
    async undo(tx: Tx, change: EmailChangeRow) {
      const now = clock.now()
      if (!(await setUndone(tx, change.id, now))) return false
      await cancelLater(tx, change, now)
      return true
    },

    /** The new address of the pending change. Null when no change is pending. */
    findPendingEmail: async (userId: string) =>
      (await findPending(db, userId, clock.now()))?.newEmail ?? null,

    /**
     * Finds the other user who can still restore this address, so that only they may use it. Null when there is none,
     * or only `userId`.
     */
    findReservingUser: (tx: Tx, email: string, userId: string | null = null) =>
      findReservingUser(tx, email, { now: clock.now(), userId }),

    /** The former addresses that the user can still restore. */
    findRestorableEmails: (tx: Tx, userId: string) => findRestorableEmails(tx, userId, clock.now()),

    /** Lists all stored changes of the user, without secrets. */
    listForUser: (userId: string) => listChanges(db, userId),

    jobs: [createCleanupJob('remove old e-mail changes', removeOldChanges)],
  }
}
