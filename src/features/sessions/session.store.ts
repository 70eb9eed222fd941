import { Prisma } from '../../generated/prisma/client.js'
import type { AuthenticationMethod, SessionEndReason } from '../../generated/prisma/enums.js'
import type { Db, Tx } from '../../platform/database/database.js'

/** A session as it is shown: the row, and what its refresh token knows of its use. */
export interface SessionRow {
  readonly id: string
  readonly userId: string
  readonly deviceName: string | null
  readonly userAgent: string | null
  readonly ipAddress: string | null
  readonly authenticationMethods: AuthenticationMethod[]
  readonly createdAt: Date
  readonly authenticatedAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
}

/** To be selected from `sessions s JOIN refresh_tokens r`. */
export const sessionColumns = Prisma.sql`
  s.id, s.user_id AS "userId", s.device_name AS "deviceName", s.user_agent AS "userAgent",
  s.ip_address AS "ipAddress", s.authentication_methods::text[] AS "authenticationMethods",
  s.created_at AS "createdAt", s.authenticated_at AS "authenticatedAt",
  r.last_used_at AS "lastUsedAt", r.expires_at AS "expiresAt"`

/** Neither ended nor past its absolute or its idle limit. */
export const isLive = (now: Date) => Prisma.sql`
  s.ended_at IS NULL AND s.expires_at > ${now} AND r.expires_at > ${now}`

export interface NewSession extends Omit<SessionRow, 'lastUsedAt' | 'expiresAt'> {
  readonly seedHash: Buffer
  /** The absolute limit. */
  readonly endsAt: Date
  /** The idle limit. */
  readonly expiresAt: Date
}

export async function insertSession(tx: Tx, session: NewSession) {
  const { seedHash, endsAt, expiresAt, ...columns } = session
  await tx.session.create({ data: { ...columns, expiresAt: endsAt }, select: { id: true } })
  await tx.refreshToken.create({
    data: {
      sessionId: session.id,
      seedHash: new Uint8Array(seedHash),
      generation: 1,
      rotations: [],
      lastUsedAt: session.createdAt,
      expiresAt,
    },
    select: { sessionId: true },
  })
}

export interface Rotation {
  readonly sessionId: string
  readonly seedHash: Buffer
  readonly generation: number
  readonly now: Date
  /** Rotations up to here are too old to matter to a racing tab. */
  readonly graceFrom: Date
  readonly idleExpiry: Date
}

// Bounds the row under a client that rotates in a loop.
const rotationsKept = 64

/**
 * Replaces the token of that generation by the next: one statement, so one winner however many try.
 * A client that is ahead of the row (restored from a backup) is honest: nobody else can make the MAC.
 */
export async function rotateRefreshToken(db: Db, rotation: Rotation): Promise<SessionRow | null> {
  const { sessionId, seedHash, generation, now, graceFrom, idleExpiry } = rotation
  const [row] = await db.$queryRaw<SessionRow[]>`
    UPDATE refresh_tokens r
    SET generation = ${generation}::int + 1,
        rotations = CASE WHEN r.generation = ${generation}::int
          THEN (ARRAY[${now}::timestamptz] || ARRAY(
            SELECT at FROM unnest(r.rotations) WITH ORDINALITY AS past(at, position)
            WHERE at > ${graceFrom} ORDER BY position))[1:${rotationsKept}::int]
          ELSE ARRAY[${now}::timestamptz] END,
        last_used_at = ${now},
        expires_at = LEAST(${idleExpiry}, s.expires_at)
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE r.session_id = ${sessionId}::uuid AND s.id = r.session_id
      AND r.seed_hash = ${new Uint8Array(seedHash)} AND r.generation <= ${generation}::int
      AND ${isLive(now)} AND u.disabled_at IS NULL
    RETURNING ${sessionColumns}`
  return row ?? null
}

export interface RefreshTokenState extends SessionRow {
  readonly generation: number
  readonly rotations: Date[]
  readonly ended: boolean
  readonly endsAt: Date
}

/** Why a rotation found no row. */
export async function readRefreshTokenState(db: Db, sessionId: string, seedHash: Buffer) {
  const [row] = await db.$queryRaw<RefreshTokenState[]>`
    SELECT ${sessionColumns}, r.generation, r.rotations, s.expires_at AS "endsAt",
      (s.ended_at IS NOT NULL OR u.disabled_at IS NOT NULL) AS ended
    FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id JOIN users u ON u.id = s.user_id
    WHERE s.id = ${sessionId}::uuid AND r.seed_hash = ${new Uint8Array(seedHash)}`
  return row ?? null
}

/** Whose live session that was; null when it had ended before. */
export async function endSession(tx: Tx, id: string, endReason: SessionEndReason, endedAt: Date) {
  const [ended] = await tx.session.updateManyAndReturn({
    where: { id, endedAt: null },
    data: { endedAt, endReason },
    select: { id: true, userId: true },
  })
  return ended ?? null
}

export interface SessionPage {
  readonly userId: string
  readonly now: Date
  readonly limit: number
  /** The last session of the page before. */
  readonly after: { time: Date; id: string } | null
}

/** The live sessions of a user, most recently used first. */
export function listSessions(db: Db, { userId, now, limit, after }: SessionPage) {
  const rest = after
    ? Prisma.sql`AND (r.last_used_at, s.id) < (${after.time}, ${after.id}::uuid)`
    : Prisma.empty
  return db.$queryRaw<SessionRow[]>`
    SELECT ${sessionColumns}
    FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id
    WHERE s.user_id = ${userId}::uuid AND ${isLive(now)} ${rest}
    ORDER BY r.last_used_at DESC, s.id DESC LIMIT ${limit}`
}

export async function countSessions(db: Db, userId: string, now: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count
    FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id
    WHERE s.user_id = ${userId}::uuid AND ${isLive(now)}`
  return row?.count ?? 0
}
