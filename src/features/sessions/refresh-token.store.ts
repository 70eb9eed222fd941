import type { Ask } from '../../platform/database/hot-statements.js'
import { liveAt, sessionColumns, type SessionRow } from './session.store.js'

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

const rotate = {
  name: 'rotate',
  text: `
    UPDATE refresh_tokens r
    SET generation = $3::int + 1,
        rotations = CASE WHEN r.generation = $3::int
          THEN (ARRAY[$4::timestamptz] || ARRAY(
            SELECT at FROM unnest(r.rotations) WITH ORDINALITY AS past(at, position)
            WHERE at > $5::timestamptz ORDER BY position))[1:${rotationsKept}]
          ELSE ARRAY[$4::timestamptz] END,
        last_used_at = $4::timestamptz,
        expires_at = LEAST($6::timestamptz, s.expires_at)
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE r.session_id = $1::uuid AND s.id = r.session_id
      AND r.seed_hash = $2::bytea AND r.generation <= $3::int
      AND ${liveAt('$4::timestamptz')} AND u.disabled_at IS NULL
    RETURNING ${sessionColumns.text}`,
}

/**
 * Replaces the token of that generation by the next: one statement, so one winner however many try.
 * A client that is ahead of the row (restored from a backup) is honest: nobody else can make the MAC.
 */
export async function rotateRefreshToken(ask: Ask, rotation: Rotation): Promise<SessionRow | null> {
  const { sessionId, seedHash, generation, now, graceFrom, idleExpiry } = rotation
  const values = [sessionId, seedHash, generation, now, graceFrom, idleExpiry]
  const [row] = await ask<SessionRow>(rotate, values)
  return row ?? null
}

export interface RefreshTokenState extends SessionRow {
  readonly generation: number
  readonly rotations: Date[]
  readonly ended: boolean
  readonly endsAt: Date
}

const readState = {
  name: 'refresh-token-state',
  text: `
    SELECT ${sessionColumns.text}, r.generation, r.rotations, s.expires_at AS "endsAt",
      (s.ended_at IS NOT NULL OR u.disabled_at IS NOT NULL) AS ended
    FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id JOIN users u ON u.id = s.user_id
    WHERE s.id = $1::uuid AND r.seed_hash = $2::bytea`,
}

/** Why a rotation found no row. */
export async function readRefreshTokenState(ask: Ask, sessionId: string, seedHash: Buffer) {
  const [row] = await ask<RefreshTokenState>(readState, [sessionId, seedHash])
  return row ?? null
}
