import type { Tx } from '../../platform/database/database.js'
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
  readonly lastStep: number
  /** Wrong codes in a row, this one included until it turns out to be right. */
  readonly failures: number
}

const countTryStatement = {
  name: 'count-totp-try',
  text: `
    UPDATE totp_credentials SET failures = failures + 1
    WHERE user_id = $1::uuid AND confirmed_at IS NOT NULL AND failures < $2::int
    RETURNING sealed_secret AS "sealedSecret", last_step AS "lastStep", failures`,
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

const isFreshStatement = {
  name: 'totp-step-is-fresh',
  text: `
    SELECT 1 FROM totp_credentials
    WHERE user_id = $1::uuid AND confirmed_at IS NOT NULL AND last_step < $2::int`,
}

/** Whether no code of this step or a later one was accepted. Call it under the user's lock. */
export async function isFreshStep(tx: Tx | QueryFn, userId: string, step: number) {
  return (await queryOn(tx)(isFreshStatement, [userId, step])).length > 0
}

const acceptStatement = {
  name: 'accept-totp-step',
  text: `
    UPDATE totp_credentials SET last_step = $2::int, failures = 0
    WHERE user_id = $1::uuid AND confirmed_at IS NOT NULL AND last_step < $2::int
    RETURNING user_id`,
}

/** Accepts a code of this step. Each step counts once (RFC 6238 §5.2): the row count decides. */
export async function acceptStep(tx: Tx | QueryFn, userId: string, step: number) {
  return (await queryOn(tx)(acceptStatement, [userId, step])).length > 0
}

export const deleteExpiredEnrollments = (tx: Tx, now: Date, limit: number): Promise<number> =>
  tx.$executeRaw`
    DELETE FROM totp_credentials WHERE user_id IN (
      SELECT user_id FROM totp_credentials WHERE confirmed_at IS NULL AND expires_at < ${now}
      ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`
