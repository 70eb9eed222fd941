import { Prisma } from '../../generated/prisma/client.js'
import type { AuthenticationMethod, SessionEndReason } from '../../generated/prisma/enums.js'
import type { Db, Tx } from '../../platform/database/database.js'
import { addMs } from '../../platform/clock.js'
import { queryOn, type QueryFn } from '../../platform/database/hot-statements.js'
import type { StoredPresenceProof } from './presence-proof.js'

/** A session as the API shows it: its row, and the times of its refresh token. */
export interface SessionRow {
  readonly id: string
  readonly userId: string
  readonly deviceName: string | null
  readonly userAgent: string | null
  /** The client description. Empty if nothing was recognised; null in sessions from before it was stored. */
  readonly storedClient: string | null
  readonly ipAddress: string | null
  readonly authenticationMethods: AuthenticationMethod[]
  readonly createdAt: Date
  readonly authenticatedAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
  readonly endedAt: Date | null
  readonly endReason: SessionEndReason | null
}

/** The columns of a SessionRow, for `FROM sessions s JOIN refresh_tokens r`. */
export const sessionColumns = Prisma.sql`
  s.id, s.user_id AS "userId", s.device_name AS "deviceName", s.user_agent AS "userAgent",
  s.client AS "storedClient", s.ip_address AS "ipAddress",
  s.authentication_methods::text[] AS "authenticationMethods",
  s.created_at AS "createdAt", s.authenticated_at AS "authenticatedAt",
  r.last_used_at AS "lastUsedAt", r.expires_at AS "expiresAt",
  s.ended_at AS "endedAt", s.end_reason AS "endReason"`

/**
 * The SQL condition for a live session: not ended, and within its absolute and idle limits. `now` is an SQL parameter.
 */
export const liveConditionText = (now: string) =>
  `s.ended_at IS NULL AND s.expires_at > ${now} AND r.expires_at > ${now}`

/**
 * A session that is live, expired, or ended as the user wanted. Requests that it made stay valid. Every other end
 * reason means distrust of the session. A new reason does too until it is listed here.
 */
export const trustedEndCondition = `(s.end_reason IS NULL OR s.end_reason IN ('LOGOUT', 'EVICTED', 'EXPIRED'))`

const liveCondition = (now: Date) => new Prisma.Sql(liveConditionText('?').split('?'), [now, now])

export interface NewSession extends Omit<
  SessionRow,
  'lastUsedAt' | 'expiresAt' | 'endedAt' | 'endReason'
> {
  readonly seedHash: Buffer
  /** The absolute limit. */
  readonly endsAt: Date
  /** The idle limit. */
  readonly expiresAt: Date
  readonly presenceProof: StoredPresenceProof
}

const insertStatement = {
  name: 'new-session',
  text: `
    WITH session AS (
      INSERT INTO sessions (id, user_id, device_name, user_agent, ip_address,
        authentication_methods, created_at, authenticated_at, expires_at,
        presence_proof_hash, presence_proof_expires_at, client)
      VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::authentication_method[],
        $7::timestamptz, $8::timestamptz, $9::timestamptz, $12::bytea, $13::timestamptz, $14)
      RETURNING id, created_at)
    INSERT INTO refresh_tokens (session_id, seed_hash, generation, rotations, last_used_at, expires_at)
    SELECT id, $10::bytea, 1, '{}'::timestamptz[], created_at, $11::timestamptz FROM session`,
}

export async function insertSession(tx: Tx | QueryFn, session: NewSession) {
  const { id, userId, deviceName, userAgent, ipAddress, authenticationMethods } = session
  const { createdAt, authenticatedAt, endsAt, seedHash, expiresAt } = session
  const { presenceProof, storedClient } = session
  const client = [deviceName, userAgent, ipAddress]
  const times = [createdAt, authenticatedAt, endsAt]
  await queryOn(tx)(insertStatement, [
    ...[id, userId, ...client, authenticationMethods, ...times],
    ...[seedHash, expiresAt, presenceProof.hash, presenceProof.expiresAt, storedClient],
  ])
}

/** A session of this user, live or ended. */
export async function findSession(db: Db | Tx, id: string, userId: string) {
  const [row] = await db.$queryRaw<SessionRow[]>`
    SELECT ${sessionColumns} FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id
    WHERE s.id = ${id}::uuid AND s.user_id = ${userId}::uuid`
  return row ?? null
}

export interface SessionOfUser {
  readonly sessionId: string
  readonly userId: string
}

/**
 * Whether this live session holds this proof. Call it under the user's lock: code that clears proofs locks the same
 * row.
 */
export async function hasPresenceProof(
  tx: Tx,
  { sessionId, userId }: SessionOfUser,
  proofHash: Buffer,
  now: Date,
): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id
    WHERE s.id = ${sessionId}::uuid AND s.user_id = ${userId}::uuid AND ${liveCondition(now)}
      AND s.presence_proof_hash = ${proofHash} AND s.presence_proof_expires_at > ${now}`
  return rows.length === 1
}

const clearedProofColumns = 'presence_proof_hash = NULL, presence_proof_expires_at = NULL'

/** Clears the proofs of all sessions of the user. Each must prove presence again. */
export async function clearPresenceProofs(tx: Tx, userId: string) {
  await tx.$executeRaw`
    UPDATE sessions SET ${Prisma.raw(clearedProofColumns)}
    WHERE user_id = ${userId}::uuid AND presence_proof_hash IS NOT NULL`
}

export interface SessionEnd {
  readonly now: Date
  readonly reason: SessionEndReason
}

/** Ends a live session and returns its user; null if it had ended before. */
export async function endSession(tx: Tx | QueryFn, id: string, { now, reason }: SessionEnd) {
  const values = [id, now, reason]
  const [ended] = await queryOn(tx)<Pick<SessionRow, 'id' | 'userId'>>(endStatement, values)
  return ended ?? null
}

const endStatement = {
  name: 'end-session',
  text: `
    UPDATE sessions SET ended_at = $2::timestamptz, end_reason = $3::session_end_reason, ${clearedProofColumns}
    WHERE id = $1::uuid AND ended_at IS NULL RETURNING id, user_id AS "userId"`,
}

/**
 * Locks the user before several sessions end. Code that relies on the state of several sessions takes the same lock.
 */
export async function lockOwner(tx: Tx, userId: string) {
  await tx.$queryRaw`SELECT FROM users WHERE id = ${userId}::uuid FOR UPDATE`
}

const maxClockErrorMs = 5 * 60_000

/** Ends all live sessions of a user except `keptIds`. */
export function endOtherSessions(
  tx: Tx,
  userId: string,
  keptIds: readonly string[],
  ending: SessionEnd,
) {
  const { now, reason } = ending
  // Refreshes use the database's clock, so a session that this replica considers expired may still be refreshed.
  const earliestNow = addMs(now, -maxClockErrorMs)
  return tx.$queryRaw<SessionRow[]>`
    UPDATE sessions s
    SET ended_at = ${now}, end_reason = ${reason}::session_end_reason, ${Prisma.raw(clearedProofColumns)}
    FROM refresh_tokens r
    WHERE r.session_id = s.id AND s.user_id = ${userId}::uuid AND ${liveCondition(earliestNow)}
      AND s.id <> ALL(${[...keptIds]}::uuid[])
    RETURNING ${sessionColumns}`
}

/** The methods of session `s` with these added, each once. */
const withMethods = (methods: readonly AuthenticationMethod[]) => Prisma.sql`(
  SELECT array_agg(DISTINCT method ORDER BY method)
  FROM unnest(s.authentication_methods || ${[...methods]}::authentication_method[]) AS method)`

/** Adds a method that the user proved in this live session. */
export async function addMethod(tx: Tx, id: string, method: AuthenticationMethod) {
  await tx.$executeRaw`
    UPDATE sessions s SET authentication_methods = ${withMethods([method])}
    WHERE s.id = ${id}::uuid AND s.ended_at IS NULL`
}

/** The user proved presence again: replaces the earlier proof. Null if the session has ended. */
export async function markAuthenticated(
  tx: Tx,
  id: string,
  now: Date,
  { proof, methods }: { proof: StoredPresenceProof; methods: readonly AuthenticationMethod[] },
): Promise<SessionRow | null> {
  const [row] = await tx.$queryRaw<SessionRow[]>`
    UPDATE sessions s
    SET authenticated_at = ${now}, presence_proof_hash = ${proof.hash},
      presence_proof_expires_at = ${proof.expiresAt},
      authentication_methods = ${withMethods(methods)}
    FROM refresh_tokens r
    WHERE r.session_id = s.id AND s.id = ${id}::uuid AND ${liveCondition(now)}
    RETURNING ${sessionColumns}`
  return row ?? null
}

/** The ids of a user's live sessions, least recently used first. */
export async function listLiveSessionIds(
  tx: Tx | QueryFn,
  userId: string,
  now: Date,
): Promise<string[]> {
  const rows = await queryOn(tx)<{ id: string }>(liveIdsStatement, [userId, now])
  return rows.map(({ id }) => id)
}

const liveIdsStatement = {
  name: 'live-sessions',
  text: `
    SELECT s.id FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id
    WHERE s.user_id = $1::uuid AND ${liveConditionText('$2::timestamptz')}
    ORDER BY r.last_used_at, s.id`,
}

/** Sets `last_used_at` of sessions whose last use is before `usedBefore`. */
export async function touchSessions(db: Db, ids: string[], now: Date, usedBefore: Date) {
  await db.$executeRaw`
    UPDATE refresh_tokens SET last_used_at = ${now}
    WHERE session_id = ANY(${ids}::uuid[]) AND last_used_at < ${usedBefore}`
}

export interface SessionPage {
  readonly userId: string
  readonly now: Date
  readonly limit: number
  /** The last session of the previous page. */
  readonly after: { time: Date; id: string } | null
}

/** The live sessions of a user, most recently used first. */
export function listSessions(db: Db, { userId, now, limit, after }: SessionPage) {
  const pageFilter = after
    ? Prisma.sql`AND (r.last_used_at, s.id) < (${after.time}, ${after.id}::uuid)`
    : Prisma.empty
  return db.$queryRaw<SessionRow[]>`
    SELECT ${sessionColumns}
    FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id
    WHERE s.user_id = ${userId}::uuid AND ${liveCondition(now)} ${pageFilter}
    ORDER BY r.last_used_at DESC, s.id DESC LIMIT ${limit}`
}

export async function countSessions(db: Db, userId: string, now: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count
    FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id
    WHERE s.user_id = ${userId}::uuid AND ${liveCondition(now)}`
  return row?.count ?? 0
}

/** Live and ended sessions, newest first. */
export const listAllSessions = (db: Db, userId: string) =>
  db.$queryRaw<SessionRow[]>`
    SELECT ${sessionColumns}
    FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id
    WHERE s.user_id = ${userId}::uuid ORDER BY s.id DESC`
