import type { Db, Tx } from '../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../platform/database/hot-statements.js'

/** An enrolment that the session `sessionId` can confirm until `expiresAt`. */
export interface NewEnrollment {
  readonly userId: string
  readonly sessionId: string
  readonly sealedSecret: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** Replaces an unconfirmed enrolment. Call it under the user's lock, and only if none is confirmed. */
export async function saveEnrollment(tx: Tx, { userId, ...enrollment }: NewEnrollment) {
  await tx.totpCredential.upsert({
    where: { userId },
    create: { userId, ...enrollment },
    update: enrollment,
    select: { userId: true },
  })
}

export const findEnrollment = (tx: Tx, userId: string) =>
  tx.totpCredential.findUnique({ where: { userId } })

/** Since when the user has an authenticator app; null: the user has none. */
export async function findConfirmedAt(db: Db, userId: string) {
  const row = await db.totpCredential.findUnique({
    where: { userId },
    select: { confirmedAt: true },
  })
  return row?.confirmedAt ?? null
}

export interface Confirmation {
  readonly confirmedAt: Date
  /** The step of the confirming code, which must not sign in as well. */
  readonly lastStep: number
}

export async function confirmEnrollment(tx: Tx, userId: string, confirmation: Confirmation) {
  await tx.totpCredential.update({
    where: { userId },
    data: { ...confirmation, failures: 0 },
    select: { userId: true },
  })
}

export async function deleteTotp(tx: Tx, userId: string) {
  await tx.totpCredential.deleteMany({ where: { userId } })
}

export interface CountedTry {
  readonly sealedSecret: string
  /** Distinguishes the app from a later one of the same user. */
  readonly enrolledAt: Date
  readonly lastStep: number
  /** Wrong codes in a row, this one included until it turns out to be right. */
  readonly failures: number
}

const countTryStatement = {
  name: 'count-totp-try',
  text: `
    UPDATE totp_credentials SET failures = failures + 1
    WHERE user_id = $1::uuid AND confirmed_at IS NOT NULL AND failures < $2::int
    RETURNING sealed_secret AS "sealedSecret", created_at AS "enrolledAt", last_step AS "lastStep", failures`,
}

/**
 * Counts a try as wrong before its code is compared, so concurrent tries cannot exceed the limit. Null: the user has no
 * authenticator app, or has reached the limit.
 */
export async function countTry(query: QueryFn, userId: string, maxFailures: number) {
  const [row] = await query<CountedTry>(countTryStatement, [userId, maxFailures])
  return row ?? null
}

const takeBackStatement = {
  name: 'take-back-totp-try',
  text: 'UPDATE totp_credentials SET failures = failures - 1 WHERE user_id = $1::uuid AND failures > 0',
}

/** The try was right, or was not evaluated. */
export async function takeBackTry(query: QueryFn, userId: string) {
  await query(takeBackStatement, [userId])
}

/** The time step of a right code. */
export interface UsedStep extends Pick<CountedTry, 'enrolledAt'> {
  readonly userId: string
  readonly step: number
}

const freshCondition = `user_id = $1::uuid AND confirmed_at IS NOT NULL AND created_at = $2::timestamptz
      AND last_step < $3::int`

const isFreshStatement = {
  name: 'totp-step-is-fresh',
  text: `
    SELECT 1 FROM totp_credentials WHERE ${freshCondition}`,
}

/** Whether no code of this step or a later one was accepted. Call it under the user's lock. */
export async function isFreshStep(tx: Tx | QueryFn, { userId, enrolledAt, step }: UsedStep) {
  return (await queryOn(tx)(isFreshStatement, [userId, enrolledAt, step])).length > 0
}

const acceptStatement = {
  name: 'accept-totp-step',
  text: `
    UPDATE totp_credentials SET last_step = $3::int WHERE ${freshCondition} RETURNING user_id`,
}

/** Accepts a code of this step. Each step counts once (RFC 6238 §5.2): the row count decides. */
export async function acceptStep(tx: Tx | QueryFn, { userId, enrolledAt, step }: UsedStep) {
  return (await queryOn(tx)(acceptStatement, [userId, enrolledAt, step])).length > 0
}

export const deleteExpiredEnrollments = (tx: Tx, now: Date, limit: number): Promise<number> =>
  tx.$executeRaw`
    DELETE FROM totp_credentials WHERE user_id IN (
      SELECT user_id FROM totp_credentials WHERE confirmed_at IS NULL AND expires_at < ${now}
      ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`
