import type { QueryFn } from '../../platform/database/hot-statements.js'
import { liveConditionText, sessionColumns, type SessionRow } from './session.store.js'

/** A refresh token that a client presents. Its MAC is valid; the database decides the rest. */
export interface PresentedToken {
  readonly sessionId: string
  readonly seedHash: Buffer
  readonly generation: number
  readonly attemptHash: Buffer | null
}

export interface RefreshTimes {
  /** Milliseconds that tests add to the database's clock. */
  readonly databaseOffsetMs: number
  readonly graceMs: number
  readonly idleLifetimeMs: number
}

export interface RotatedToken extends SessionRow {
  /** The generation of the live token. */
  readonly generation: number
}

// Limits the row size if a client rotates in a loop.
const maxStoredRotations = 64

// A statement may wait this long before it runs or fails. The rotations that it compares with must still be stored
// then.
const maxStallMs = 20_000

const maxAttemptHashes = 4

/**
 * The database's time when this part of the statement runs. Replicas with different clocks agree on it. A statement
 * that waited for a lock gets the time after the wait.
 */
const databaseNowSql = (offsetMs: string) =>
  `(clock_timestamp() + ${offsetMs}::float8 * interval '1 millisecond')`
const nowSql = databaseNowSql('$3')

/**
 * `s` locks the tokens of the requested live sessions. The dates are in the outer SET: in `s`, PostgreSQL would read
 * the clock before it holds the lock. `ANY($2)` repeats the ids because the planner assumes 100 rows for
 * `json_to_recordset` and would scan small tables.
 */
const rotationSql = (lockOption: 'SKIP LOCKED' | '') => `
  WITH s AS (
    SELECT s.*, asked.*, r.generation AS replaced
    FROM json_to_recordset($1::json) AS asked(
      line int, "sessionId" uuid, "seedHash" bytea, generation int, attempts bytea[])
    JOIN refresh_tokens r ON r.session_id = asked."sessionId"
    JOIN sessions s ON s.id = r.session_id JOIN users u ON u.id = s.user_id
    WHERE r.session_id = ANY($2::uuid[]) AND r.seed_hash = asked."seedHash" AND r.generation <= asked.generation
      AND ${liveConditionText(nowSql)} AND u.disabled_at IS NULL
    FOR UPDATE OF r ${lockOption})
  UPDATE refresh_tokens r
  SET generation = s.generation + 1,
      rotations = CASE WHEN r.generation = s.generation
        THEN (ARRAY[${nowSql}] || ARRAY(
          SELECT at FROM unnest(r.rotations) WITH ORDINALITY AS past(at, position)
          WHERE at > ${nowSql} - $4::float8 * interval '1 millisecond' ORDER BY position))[1:${maxStoredRotations}]
        ELSE ARRAY[${nowSql}] END,
      attempts = s.attempts,
      last_used_at = ${nowSql},
      expires_at = LEAST(${nowSql} + $5::float8 * interval '1 millisecond', s.expires_at)
  FROM s WHERE r.session_id = s.id
  RETURNING ${sessionColumns.text}, r.generation, s.replaced, s.line`

const rotateStatement = {
  name: 'rotate',
  text: rotationSql(''),
}

const rotateUnlockedStatement = {
  name: 'rotate-free',
  text: rotationSql('SKIP LOCKED'),
}

interface RotatedRow extends RotatedToken {
  /** The generation that was live before the rotation. */
  readonly replaced: number
  readonly line: number
}

/** All generations of a session's token. They share the seed. */
interface TokenFamily {
  readonly sessionId: string
  readonly seedHash: string
  generation: number
  attempts: Set<string>
}

const hex = (bytes: Buffer) => `\\x${bytes.toString('hex')}`
const keyOf = ({ sessionId, seedHash }: PresentedToken) => `${sessionId} ${hex(seedHash)}`

/** The highest generation of each family, with the attempts of all requests that presented it. */
function groupByFamily(tokens: readonly PresentedToken[]): Map<string, TokenFamily> {
  const families = new Map<string, TokenFamily>()
  for (const token of tokens) {
    const { sessionId, generation, seedHash, attemptHash } = token
    const key = keyOf(token)
    let family = families.get(key)
    if (!family || family.generation < generation) {
      family = { sessionId, seedHash: hex(seedHash), generation, attempts: new Set() }
      families.set(key, family)
    }
    const hasRoomForAttempt =
      family.generation === generation && family.attempts.size < maxAttemptHashes
    if (attemptHash && hasRoomForAttempt) family.attempts.add(hex(attemptHash))
  }
  return families
}

/** The rotated token for each presented token; null if it was not rotated. */
async function rotateWith(
  query: QueryFn,
  statement: typeof rotateStatement,
  tokens: readonly PresentedToken[],
  times: RefreshTimes,
): Promise<(RotatedToken | null)[]> {
  const families = groupByFamily(tokens)
  const requested = [...families.values()].map((one, line) => ({
    ...one,
    line,
    attempts: [...one.attempts],
  }))
  const rows = await query<RotatedRow>(statement, [
    JSON.stringify(requested),
    requested.map(({ sessionId }) => sessionId),
    times.databaseOffsetMs,
    times.graceMs + maxStallMs,
    times.idleLifetimeMs,
  ])
  const rotated = new Map(rows.map((row) => [row.line, row]))
  const rowByKey = new Map([...families.keys()].map((key, line) => [key, rotated.get(line)]))
  return tokens.map((token) => {
    const row = rowByKey.get(keyOf(token))
    // An older token gets no share of the rotation: it may be stolen.
    return row && row.replaced <= token.generation ? row : null
  })
}

/**
 * Replaces the live token with the next one. It is one statement, so one of any number of racing requests wins. Waits
 * for the row lock. A client may be ahead of the row after a restore from a backup. Such a client is honest, because
 * only this service can create the MAC.
 */
export async function rotateRefreshToken(
  query: QueryFn,
  token: PresentedToken,
  times: RefreshTimes,
) {
  const [rotated] = await rotateWith(query, rotateStatement, [token], times)
  return rotated ?? null
}

/**
 * Rotates many tokens in one statement. It waits for no lock, so two such statements never deadlock. Racing requests
 * with one token share its rotation. Null also for a token that another statement has locked.
 */
export const rotateUnlockedTokens = (
  query: QueryFn,
  tokens: readonly PresentedToken[],
  times: RefreshTimes,
) => rotateWith(query, rotateUnlockedStatement, tokens, times)

export interface RefreshTokenState extends RotatedToken {
  readonly rotations: Date[]
  readonly ended: boolean
  readonly endsAt: Date
  /** The time of the database. */
  readonly now: Date
  /** Whether the `attempt` came with the previous token. If so, the same client presents that token again. */
  readonly knowsAttempt: boolean
}

const stateStatement = {
  name: 'refresh-token-state',
  text: `
    SELECT ${sessionColumns.text}, r.generation, r.rotations, s.expires_at AS "endsAt",
      (s.ended_at IS NOT NULL OR u.disabled_at IS NOT NULL) AS ended,
      ${nowSql} AS now, COALESCE($4::bytea = ANY(r.attempts), false) AS "knowsAttempt"
    FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id JOIN users u ON u.id = s.user_id
    WHERE s.id = $1::uuid AND r.seed_hash = $2::bytea`,
}

/** Reads the state that explains why a rotation found no row. */
export async function readRefreshTokenState(
  query: QueryFn,
  { sessionId, seedHash, attemptHash }: Omit<PresentedToken, 'generation'>,
  databaseOffsetMs: number,
) {
  const values = [sessionId, seedHash, databaseOffsetMs, attemptHash]
  const [row] = await query<RefreshTokenState>(stateStatement, values)
  return row ?? null
}

const addAttemptStatement = {
  name: 'add-attempt',
  text: `
    UPDATE refresh_tokens SET attempts = array_append(attempts, $3::bytea)
    WHERE session_id = $1::uuid AND generation = $2::int + 1
      AND cardinality(attempts) < ${maxAttemptHashes} AND NOT $3::bytea = ANY(attempts)`,
}

/**
 * Stores the `attempt` of a racing request while the successor of its token is live. Two tabs may send different
 * values.
 */
export async function addRefreshAttempt(query: QueryFn, token: PresentedToken) {
  await query(addAttemptStatement, [token.sessionId, token.generation, token.attemptHash])
}
