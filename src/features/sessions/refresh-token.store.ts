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

/**
 * `s` is what lives of the sessions asked about, with what is asked: whose token is locked until the rotation is done.
 * The ids stand apart as well: without them PostgreSQL expects a hundred rows, for which it reads a small table whole.
 */
const rotation = (othersLocks: 'SKIP LOCKED' | '') => `
  WITH s AS (
    SELECT s.*, asked.*
    FROM json_to_recordset($1::json) AS asked(
      "sessionId" uuid, "seedHash" bytea, generation int,
      now timestamptz, "graceFrom" timestamptz, "idleExpiry" timestamptz)
    JOIN refresh_tokens r ON r.session_id = asked."sessionId"
    JOIN sessions s ON s.id = r.session_id JOIN users u ON u.id = s.user_id
    WHERE r.session_id = ANY($2::uuid[]) AND r.seed_hash = asked."seedHash" AND r.generation <= asked.generation
      AND ${liveAt('asked.now')} AND u.disabled_at IS NULL
    FOR UPDATE OF r ${othersLocks})
  UPDATE refresh_tokens r
  SET generation = s.generation + 1,
      rotations = CASE WHEN r.generation = s.generation
        THEN (ARRAY[s.now] || ARRAY(
          SELECT at FROM unnest(r.rotations) WITH ORDINALITY AS past(at, position)
          WHERE at > s."graceFrom" ORDER BY position))[1:${rotationsKept}]
        ELSE ARRAY[s.now] END,
      last_used_at = s.now,
      expires_at = LEAST(s."idleExpiry", s.expires_at)
  FROM s WHERE r.session_id = s.id
  RETURNING ${sessionColumns.text}`

const rotate = {
  name: 'rotate',
  text: rotation(''),
}

const rotateFree = {
  name: 'rotate-free',
  text: rotation('SKIP LOCKED'),
}

const valuesOf = (rotations: readonly Rotation[]) => [
  JSON.stringify(
    rotations.map((one) => ({ ...one, seedHash: `\\x${one.seedHash.toString('hex')}` })),
  ),
  rotations.map(({ sessionId }) => sessionId),
]

/**
 * Replaces the token of that generation by the next: one statement, so one winner however many try.
 * A client that is ahead of the row (restored from a backup) is honest: nobody else can make the MAC.
 */
export async function rotateRefreshToken(ask: Ask, rotation: Rotation): Promise<SessionRow | null> {
  const [row] = await ask<SessionRow>(rotate, valuesOf([rotation]))
  return row ?? null
}

/**
 * The same for many sessions in one statement, which waits for nobody, so that two of them never wait for each other:
 * null as well for a token that somebody else is about to rotate, and for all but one of those of the same session.
 */
export async function rotateFreeTokens(ask: Ask, rotations: readonly Rotation[]) {
  const bySession = new Map(rotations.map((one) => [one.sessionId, one]))
  const rows = await ask<SessionRow>(rotateFree, valuesOf([...bySession.values()]))
  const rotated = new Map(rows.map((row) => [row.id, row]))
  return rotations.map((one) =>
    bySession.get(one.sessionId) === one ? (rotated.get(one.sessionId) ?? null) : null,
  )
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
