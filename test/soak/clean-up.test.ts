import { expect, it, vi } from 'vitest'
import { startApp } from '../support/app/app.js'
import { refusalOf, registerPerson } from '../support/app/client.js'
import { onPostgres, rawClient } from '../support/database/database.js'

const expired = 500_000

it.runIf(onPostgres)(
  'removing 500,000 expired sessions holds no lock for long (needs PostgreSQL)',
  { timeout: 240_000 },
  async () => {
    const app = await startApp()
    const raw = await rawClient(app.target)
    try {
      const person = await registerPerson(app)
      await raw.query(`
        SET session_replication_role = replica; SET synchronous_commit = off;
        INSERT INTO sessions (id, user_id, authentication_methods, created_at, authenticated_at, expires_at, ended_at)
          SELECT gen_random_uuid(), '${person.id}', '{PASSWORD}', t, t, t + interval '90 days',
            CASE WHEN n % 2 = 0 THEN t + interval '1 day' END
          FROM (SELECT n, now() - interval '130 days' AS t FROM generate_series(1, ${expired}) n) rows;
        INSERT INTO refresh_tokens (session_id, seed_hash, generation, rotations, last_used_at, expires_at)
          SELECT id, sha256(id::text::bytea), 1, '{}', created_at, expires_at FROM sessions
          ON CONFLICT DO NOTHING;
        ANALYZE`)

      const { services } = app.app
      const { transaction } = services.database
      const durations: number[] = []
      vi.spyOn(services.database, 'transaction').mockImplementation(async (work) => {
        const start = performance.now()
        const result = await transaction(work)
        durations.push(performance.now() - start)
        return result
      })
      await services.jobs
        .find(({ name }) => name === 'remove expired sessions')
        ?.run(new AbortController().signal)
      vi.restoreAllMocks()

      expect(await app.db.session.count()).toBe(1)
      expect(await app.db.refreshToken.count()).toBe(1)
      expect(await refusalOf(app, person.accessToken)).toBeUndefined()
      durations.sort((a, b) => a - b)
      const [median, late, longest] = [0.5, 0.99, 1].map(
        (part) => durations[Math.ceil(durations.length * part) - 1] ?? NaN,
      )
      console.log('ms a batch held its locks:', {
        median,
        late,
        longest,
        batches: durations.length,
      })
      expect(late).toBeLessThan(100)
    } finally {
      await raw.end()
      await app.close()
    }
  },
)
