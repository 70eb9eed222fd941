import type pg from 'pg'
import { emailOf, sessionIdOf } from '../../test/support/database/million-users.js'
import { createLatencyRecorder } from '../load/latencies.js'
import { connections } from '../scenarios/plans.js'
import type { Runner } from '../scenarios/rounds.js'

// What Latchkey asks PostgreSQL at the least, prepared, on as many connections as its pool has.

interface RawStatement {
  readonly name: string
  readonly text: string
  readonly parameterOf: (n: number) => string
}

const liveCondition = `s.ended_at IS NULL AND s.expires_at > now() AND r.expires_at > now()`
const parameterOf = sessionIdOf

export const rawStatements: readonly RawStatement[] = [
  {
    name: 'me',
    text: `SELECT s.id, s.authenticated_at, r.last_used_at, u.id, u.email, u.disabled_at
      FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id JOIN users u ON u.id = s.user_id
      WHERE s.id = $1 AND ${liveCondition}`,
    parameterOf,
  },
  {
    name: 'login',
    text: `SELECT u.id, p.hash, p.version, k.user_id FROM users u
      LEFT JOIN password_credentials p ON p.user_id = u.id
      LEFT JOIN known_addresses k ON k.user_id = u.id AND k.network = '127.0.0.1'
      WHERE u.email = $1`,
    parameterOf: (n) => emailOf(Math.ceil(n / 2)),
  },
  {
    name: 'refresh',
    text: `UPDATE refresh_tokens r SET rotations = ARRAY[now()], last_used_at = now(),
        expires_at = LEAST(now() + interval '14 days', s.expires_at)
      FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE r.session_id = $1 AND s.id = r.session_id AND ${liveCondition} AND u.disabled_at IS NULL
      RETURNING s.id, u.email`,
    parameterOf,
  },
]

/** Asks PostgreSQL without Latchkey: what a larger table costs whoever asks. */
export function rawRunner(
  name: string,
  pool: pg.Pool,
  statement: RawStatement,
  users: number,
): Runner {
  const { text, parameterOf } = statement
  const runStatement = async () => {
    const session = 1 + Math.floor(Math.random() * 2 * users)
    const { rowCount } = await pool.query({
      name: statement.name,
      text,
      values: [parameterOf(session)],
    })
    if (rowCount !== 1) throw new Error(`${name}: there is no row ${session}`)
  }
  return {
    name,
    async runRound(seconds) {
      const times = createLatencyRecorder()
      const start = performance.now()
      const repeat = async () => {
        while (performance.now() - start < seconds * 1_000) {
          const sentAt = performance.now()
          await runStatement()
          times.add(performance.now() - sentAt)
        }
      }
      await Promise.all(Array.from({ length: connections }, repeat))
      const elapsedSeconds = (performance.now() - start) / 1_000
      const summary = times.summary()
      return { ...summary, perSecond: summary.count / elapsedSeconds, cpu: NaN }
    },
  }
}
