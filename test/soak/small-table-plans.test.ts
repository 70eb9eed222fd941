// Where tables are small, reading all of one may look cheaper to PostgreSQL than looking up the few rows that are asked
// for: wrong in its guess of how many those are, it would do so for every request of most installations.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type pg from 'pg'
import { startApp, type TestApp } from '../support/app/app.js'
import { me, refresh, registerPerson, getAuthPayload } from '../support/app/client.js'
import { usesPostgres, openRawClient } from '../support/database/database.js'
import { explainPrepared } from '../support/database/explain.js'
import { addUsers } from '../support/database/million-users.js'
import { recordQueries } from '../support/database/record-queries.js'

describe.skipIf(!usesPostgres)('some thousand users (skipped without TEST_DATABASE_URL)', () => {
  let app: TestApp
  let raw: pg.Client
  beforeAll(async () => {
    app = await startApp()
    await registerPerson(app)
    raw = await openRawClient(app.target)
    await addUsers(raw, 3_000)
    await raw.query('VACUUM ANALYZE')
  }, 60_000)
  afterAll(async () => {
    await raw.end()
    await app.close()
  })

  it('me and refresh look up their rows', async () => {
    const { accessToken, refreshToken } = await registerPerson(app)
    const { seen, stop } = recordQueries()
    expect((await me(app, accessToken)).data?.me).toBeTruthy()
    getAuthPayload(await refresh(app, refreshToken))
    stop()
    const preparedQueries = seen.filter(({ name }) => name)
    expect(preparedQueries.map(({ name }) => name)).toEqual(['viewers', 'rotate-free'])
    for (const statement of preparedQueries) {
      const { text, nodes } = await explainPrepared(raw, statement)
      const maxRows = Math.max(...nodes.map(({ rows }) => rows))
      expect(
        nodes.map(({ type }) => type),
        text,
      ).not.toContain('Seq Scan')
      expect(maxRows, text).toBeLessThanOrEqual(100)
    }
  })
})
