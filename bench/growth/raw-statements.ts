import type pg from 'pg'
import { emailOf, sessionIdOf } from '../../test/support/database/million-users.js'
import { createTimes } from '../load/times.js'
import { connections } from '../scenarios/plans.js'
import type { Player } from '../scenarios/rounds.js'

// What Latchkey asks PostgreSQL at the least, prepared, on as many connections as its pool has.

interface Control {
  readonly name: string
  readonly text: string
  readonly valueOf: (n: number) => string
}

const live = `s.ended_at IS NULL AND s.expires_at > now() AND r.expires_at > now()`
const valueOf = sessionIdOf

export const controls: readonly Control[] = [
  {
    name: 'me',
    text: `SELECT s.id, s.authenticated_at, r.last_used_at, u.id, u.email, u.disabled_at
      FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id JOIN users u ON u.id = s.user_id
      WHERE s.id = $1 AND ${live}`,
    valueOf,
  },
  {
    name: 'login',
    text: `SELECT u.id, p.hash, p.version, k.user_id FROM users u
      LEFT JOIN password_credentials p ON p.user_id = u.id
      LEFT JOIN known_addresses k ON k.user_id = u.id AND k.network = '127.0.0.1'
      WHERE u.email = $1`,
    valueOf: (n) => emailOf(Math.ceil(n / 2)),
  },
  {
    name: 'refresh',
    text: `UPDATE refresh_tokens r SET rotations = ARRAY[now()], last_used_at = now(),
        expires_at = LEAST(now() + interval '14 days', s.expires_at)
      FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE r.session_id = $1 AND s.id = r.session_id AND ${live} AND u.disabled_at IS NULL
      RETURNING s.id, u.email`,
    valueOf,
  },
]

/** Asks PostgreSQL without Latchkey: what a larger table costs whoever asks. */
export function rawPlayer(name: string, pool: pg.Pool, control: Control, users: number): Player {
  const { text, valueOf } = control
  const ask = async () => {
    const session = 1 + Math.floor(Math.random() * 2 * users)
    const { rowCount } = await pool.query({ name: control.name, text, values: [valueOf(session)] })
    if (rowCount !== 1) throw new Error(`${name}: there is no row ${session}`)
  }
  return {
    name,
    async play(seconds) {
      const times = createTimes()
      const start = performance.now()
      const again = async () => {
        while (performance.now() - start < seconds * 1_000) {
          const sent = performance.now()
          await ask()
          times.add(performance.now() - sent)
        }
      }
      await Promise.all(Array.from({ length: connections }, again))
      const elapsed = (performance.now() - start) / 1_000
      const summary = times.summary()
      return { ...summary, perSecond: summary.count / elapsed, cpu: NaN }
    },
  }
}
