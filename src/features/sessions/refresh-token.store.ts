import type { Db } from '../../platform/database/database.js'
import { isLive, sessionColumns, type SessionRow } from './session.store.js'

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
