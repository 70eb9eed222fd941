import { Prisma } from '../../generated/prisma/client.js'
import type { Db, Tx } from '../../platform/database/database.js'
import { trustedEndCondition } from '../sessions/index.js'
import { reservingCondition, undoableCondition } from '../users/index.js'

/** A change of address without its secrets. */
export interface EmailChangeRow {
  readonly id: string
  readonly userId: string
  readonly sessionId: string
  readonly oldEmail: string
  readonly newEmail: string
  readonly expiresAt: Date
  readonly confirmedAt: Date | null
  readonly cancelledAt: Date | null
  readonly undoneAt: Date | null
}

/** A change with the password hash that can undo it. */
export interface RejectableChange extends EmailChangeRow {
  readonly passwordHash: string | null
}

/** Which of the three e-mails contains the token. */
export type TokenColumn = 'confirmTokenHash' | 'rejectTokenHash' | 'undoTokenHash'

type TokenHash = Uint8Array<ArrayBuffer>

const changeColumns = {
  id: true,
  userId: true,
  sessionId: true,
  oldEmail: true,
  newEmail: true,
  expiresAt: true,
  confirmedAt: true,
  cancelledAt: true,
  undoneAt: true,
} as const

export type NewChange = Pick<
  EmailChangeRow,
  'id' | 'userId' | 'sessionId' | 'oldEmail' | 'newEmail' | 'expiresAt'
> & { readonly requestedAt: Date }

/** Stores the change with the user's current password hash. The caller has locked the user. */
export async function insertChange(tx: Tx, change: NewChange) {
  const { id, userId, sessionId, oldEmail, newEmail, requestedAt, expiresAt } = change
  await tx.$executeRaw`
    INSERT INTO email_changes
      (id, user_id, session_id, old_email, new_email, requested_at, expires_at, password_hash)
    VALUES (${id}::uuid, ${userId}::uuid, ${sessionId}::uuid, ${oldEmail}, ${newEmail}, ${requestedAt}, ${expiresAt},
      (SELECT hash FROM password_credentials WHERE user_id = ${userId}::uuid))`
}

export const findChange = (db: Db | Tx, id: string): Promise<EmailChangeRow | null> =>
  db.emailChange.findUnique({ where: { id }, select: changeColumns })

export const findByConfirmToken = (
  db: Db,
  confirmTokenHash: TokenHash,
): Promise<EmailChangeRow | null> =>
  db.emailChange.findUnique({ where: { confirmTokenHash }, select: changeColumns })

/** Finds a change by the token of one of the two e-mails to the old address. */
export const findByRejectToken = (db: Db, hash: TokenHash): Promise<RejectableChange | null> =>
  db.emailChange.findFirst({
    where: { OR: [{ rejectTokenHash: hash }, { undoTokenHash: hash }] },
    select: { ...changeColumns, passwordHash: true },
  })

/**
 * The change waits for confirmation. The end of the requesting session cancels it, unless the session ended in trust.
 */
const pendingCondition = (now: Date) => Prisma.sql`
  c.confirmed_at IS NULL AND c.cancelled_at IS NULL AND c.expires_at > ${now}
  AND ${new Prisma.Sql([trustedEndCondition], [])}`

const selectPendingChanges = Prisma.sql`
  SELECT c.id, c.new_email AS "newEmail", s.ended_at IS NULL AS "isRequesterSignedIn"
  FROM email_changes c JOIN sessions s ON s.id = c.session_id`

interface PendingChange {
  readonly id: string
  readonly newEmail: string
  /** Whether the requesting session is still active. */
  readonly isRequesterSignedIn: boolean
}

export async function findPending(db: Db, userId: string, now: Date) {
  const [row] = await db.$queryRaw<PendingChange[]>`
    ${selectPendingChanges} WHERE c.user_id = ${userId}::uuid AND ${pendingCondition(now)}`
  return row ?? null
}

/**
 * Returns null when the change is not pending. Also locks the requesting session until the transaction ends: a later
 * revocation waits, and an earlier one is visible here. The caller has locked the user.
 */
export async function lockPending(tx: Tx, id: string, now: Date) {
  const [row] = await tx.$queryRaw<PendingChange[]>`
    ${selectPendingChanges} WHERE c.id = ${id}::uuid AND ${pendingCondition(now)} FOR UPDATE OF c FOR SHARE OF s`
  return row ?? null
}

export const isChangePending = async (db: Db | Tx, id: string, now: Date) => {
  const rows = await db.$queryRaw<PendingChange[]>`
    ${selectPendingChanges} WHERE c.id = ${id}::uuid AND ${pendingCondition(now)}`
  return rows.length > 0
}

interface ConfirmationData {
  readonly now: Date
  readonly undoableUntil: Date
  readonly isOldEmailVerified: boolean
}

/**
 * The confirmation times of a user always increase, even if the clocks of replicas differ. Their order decides which
 * changes an undo takes back.
 */
export async function setConfirmed(
  tx: Tx,
  { id, userId }: Pick<EmailChangeRow, 'id' | 'userId'>,
  { now, undoableUntil, isOldEmailVerified }: ConfirmationData,
) {
  await tx.$executeRaw`
    UPDATE email_changes SET expires_at = ${undoableUntil}, old_email_verified = ${isOldEmailVerified},
      confirmed_at = GREATEST(${now}::timestamptz,
      (SELECT max(confirmed_at) + interval '1 millisecond' FROM email_changes WHERE user_id = ${userId}::uuid))
    WHERE id = ${id}::uuid`
}

/** Only one of several concurrent requests undoes the change: the number of updated rows decides. */
export async function setUndone(tx: Tx, id: string, now: Date) {
  const { count } = await tx.emailChange.updateMany({
    where: { id, ...inEffect, expiresAt: { gt: now } },
    data: { undoneAt: now, passwordHash: null },
  })
  return count > 0
}

const inEffect = { confirmedAt: { not: null }, cancelledAt: null, undoneAt: null } as const

const cancellation = (now: Date) => ({ cancelledAt: now, passwordHash: null })

/** Returns the sessions that requested the changes. */
export async function cancelPending(tx: Tx, userId: string, now: Date) {
  const rows = await tx.emailChange.updateManyAndReturn({
    where: { userId, confirmedAt: null, cancelledAt: null },
    data: cancellation(now),
    select: { sessionId: true },
  })
  return rows.map(({ sessionId }) => sessionId)
}

/** Cancels all changes that were requested or confirmed after this one. */
export async function cancelLater(tx: Tx, { userId, confirmedAt }: EmailChangeRow, now: Date) {
  await cancelPending(tx, userId, now)
  if (!confirmedAt) return
  await tx.emailChange.updateMany({
    where: { userId, ...inEffect, confirmedAt: { gt: confirmedAt } },
    data: cancellation(now),
  })
}

interface ReservingUser {
  readonly id: string
  readonly locale: string | null
  readonly isDisabled: boolean
}

/** Finds the other user who can still restore this address. Null when there is none, or only `userId`. */
export async function findReservingUser(
  tx: Tx,
  email: string,
  { now, userId }: { now: Date; userId: string | null },
) {
  const [row] = await tx.$queryRaw<ReservingUser[]>`
    SELECT u.id, u.locale, u.disabled_at IS NOT NULL AS "isDisabled"
    FROM email_changes c JOIN users u ON u.id = c.user_id
    WHERE c.old_email = ${email} AND u.id IS DISTINCT FROM ${userId}::uuid AND ${reservingCondition(now)} LIMIT 1`
  return row ?? null
}

/** The addresses that the user can still restore. */
export async function findRestorableEmails(tx: Tx, userId: string, now: Date) {
  const rows = await tx.$queryRaw<{ email: string }[]>`
    SELECT DISTINCT c.old_email AS email FROM email_changes c
    WHERE c.user_id = ${userId}::uuid AND ${undoableCondition(now)}`
  return rows.map(({ email }) => email)
}

export const findTokenHashes = (tx: Tx, id: string) =>
  tx.emailChange.findUnique({
    where: { id },
    select: {
      userId: true,
      expiresAt: true,
      confirmTokenHash: true,
      rejectTokenHash: true,
      undoTokenHash: true,
    },
  })

/** False when the account and its changes have been deleted meanwhile. */
export async function setTokenHash(tx: Tx, id: string, column: TokenColumn, hash: TokenHash) {
  const { count } = await tx.emailChange.updateMany({ where: { id }, data: { [column]: hash } })
  return count > 0
}

/** For the data export. */
export const listChanges = (db: Db, userId: string) =>
  db.emailChange.findMany({
    where: { userId },
    orderBy: { id: 'asc' },
    select: {
      oldEmail: true,
      newEmail: true,
      requestedAt: true,
      confirmedAt: true,
      cancelledAt: true,
      undoneAt: true,
    },
  })

export const clearPasswordHashes = (db: Db, now: Date, limit: number): Promise<number> =>
  db.$executeRaw`
    UPDATE email_changes SET password_hash = NULL WHERE id IN (
      SELECT id FROM email_changes WHERE expires_at < ${now} AND password_hash IS NOT NULL
      LIMIT ${limit} FOR UPDATE SKIP LOCKED)`

export const deleteChanges = (db: Db, before: Date, limit: number): Promise<number> =>
  db.$executeRaw`
    DELETE FROM email_changes WHERE id IN (
      SELECT id FROM email_changes WHERE expires_at < ${before}
      ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`
