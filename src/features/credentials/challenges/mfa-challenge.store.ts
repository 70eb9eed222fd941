import type { AuthenticationMethod } from '../../../generated/prisma/enums.js'
import type { Tx } from '../../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../../platform/database/hot-statements.js'

export interface MfaChallengeRow {
  readonly tokenHash: Buffer
  readonly userId: string
  readonly firstMethod: AuthenticationMethod
  readonly credentialVersion: number | null
  readonly transport: RefreshTokenTransport
  readonly deviceName: string | null
  readonly expiresAt: Date
}

/** Where the refresh token goes: into the payload or into a cookie. */
export type RefreshTokenTransport = 'BODY' | 'COOKIE'

const insertStatement = {
  name: 'new-mfa-challenge',
  text: `
    INSERT INTO mfa_challenges
      (token_hash, user_id, first_method, credential_version, transport, device_name, expires_at)
    VALUES ($1::bytea, $2::uuid, $3::authentication_method, $4::int, $5, $6, $7::timestamptz)`,
}

export async function insertChallenge(tx: Tx | QueryFn, row: MfaChallengeRow) {
  const { tokenHash, userId, firstMethod, credentialVersion } = row
  const { transport, deviceName, expiresAt } = row
  const proof = [tokenHash, userId, firstMethod, credentialVersion]
  await queryOn(tx)(insertStatement, [...proof, transport, deviceName, expiresAt])
}

const columns = `token_hash AS "tokenHash", user_id AS "userId", first_method::text AS "firstMethod",
  credential_version AS "credentialVersion", transport, device_name AS "deviceName",
  expires_at AS "expiresAt", attempts`

const spendStatement = {
  name: 'spend-mfa-attempt',
  text: `
    UPDATE mfa_challenges SET attempts = attempts + 1
    WHERE token_hash = $1::bytea AND attempts < $2::int AND expires_at > $3::timestamptz
    RETURNING ${columns}`,
}

/** Counts one try before its code is compared: concurrent guesses cannot exceed the limit. Null: no try is left. */
export async function spendAttempt(
  query: QueryFn,
  tokenHash: Buffer,
  { maxAttempts, now }: { maxAttempts: number; now: Date },
) {
  const values = [tokenHash, maxAttempts, now]
  const [row] = await query<MfaChallengeRow & { attempts: number }>(spendStatement, values)
  return row ?? null
}

const giveBackStatement = {
  name: 'give-back-mfa-attempt',
  text: `UPDATE mfa_challenges SET attempts = attempts - 1 WHERE token_hash = $1::bytea AND attempts > 0`,
}

/** The try was not evaluated. */
export async function giveBackAttempt(query: QueryFn, tokenHash: Buffer) {
  await query(giveBackStatement, [tokenHash])
}

const isOpenStatement = {
  name: 'mfa-challenge-is-open',
  text: 'SELECT 1 FROM mfa_challenges WHERE token_hash = $1::bytea',
}

/** Whether no sign-in has used the challenge. Call it under the user's lock. */
export async function isChallengeOpen(tx: Tx | QueryFn, tokenHash: Buffer): Promise<boolean> {
  return (await queryOn(tx)(isOpenStatement, [tokenHash])).length > 0
}

const deleteStatement = {
  name: 'use-mfa-challenge',
  text: 'DELETE FROM mfa_challenges WHERE token_hash = $1::bytea',
}

export async function deleteChallenge(tx: Tx | QueryFn, tokenHash: Buffer) {
  await queryOn(tx)(deleteStatement, [tokenHash])
}

export const deleteExpiredChallenges = (tx: Tx, now: Date, limit: number): Promise<number> =>
  tx.$executeRaw`
    DELETE FROM mfa_challenges WHERE token_hash IN (
      SELECT token_hash FROM mfa_challenges WHERE expires_at < ${now}
      ORDER BY expires_at LIMIT ${limit})`
