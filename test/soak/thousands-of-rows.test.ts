// Where tables are small, reading all of one may look cheaper to PostgreSQL than looking up the few rows that are asked
// for: wrong in its guess of how many those are, it would do so for every request of most installations.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type pg from 'pg'
import { startApp, type TestApp } from '../support/app/app.js'
import { me, refresh, registerPerson, succeeded } from '../support/app/client.js'
import { onPostgres, rawClient } from '../support/database/database.js'
import { explainPrepared } from '../support/database/explain.js'
import { addUsers } from '../support/database/million-users.js'
import { watchQueries } from '../support/database/queries.js'

describe.skipIf(!onPostgres)('some thousand users (skipped without TEST_DATABASE_URL)', () => {
  let app: TestApp
  let raw: pg.Client
  beforeAll(async () => {
    app = await startApp()
    await registerPerson(app)
    raw = await rawClient(app.target)
    await addUsers(raw, 3_000)
    await raw.query('VACUUM ANALYZE')
  }, 60_000)
  afterAll(async () => {
    await raw.end()
    await app.close()
  })

  it('me and refresh look up their rows', async () => {
    const { accessToken, refreshToken } = await registerPerson(app)
    const { seen, stop } = watchQueries()
    expect((await me(app, accessToken)).data?.me).toBeTruthy()
    succeeded(await refresh(app, refreshToken))
    stop()
    const named = seen.filter(({ name }) => name)
    expect(named.map(({ name }) => name)).toEqual(['viewers', 'rotate-free'])
    for (const statement of named) {
      const { text, nodes } = await explainPrepared(raw, statement)
      const most = Math.max(...nodes.map(({ rows }) => rows))
      expect(
        nodes.map(({ type }) => type),
        text,
      ).not.toContain('Seq Scan')
      expect(most, text).toBeLessThanOrEqual(100)
    }
  })
})
