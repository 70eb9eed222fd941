// PostgreSQL stops answering for longer than the grace interval and recovers. Then it runs the statements that it
// received before, after the clients have given up. The age of a rotation counts from its commit, so the service
// recognizes the retries of the clients. The stall is real, because only the database's own clock decides.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../support/app/app.js'
import { refresh, registerPerson, getAuthPayload, type Person } from '../../support/app/client.js'
import { usesPostgres, openRawClient } from '../../support/database/database.js'
import { waitForBlockedStatements } from '../../support/database/blocked-statements.js'

const graceMs = 1_000
const stallMs = 1_300

describe.skipIf(!usesPostgres)('a silent database (skipped without PostgreSQL)', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startApp({ env: { REFRESH_GRACE: `${graceMs}ms` } })
  })
  afterAll(() => app.close())

  const rotate = async ({ refreshToken }: Person) =>
    getAuthPayload(await refresh(app, refreshToken)).refreshToken

  /** `lock` makes PostgreSQL block statements while `work` runs. */
  async function runStalled<T>(lock: string, values: unknown[], work: () => Promise<T>) {
    const raw = await openRawClient(app.target)
    try {
      await raw.query('BEGIN')
      await raw.query(lock, values)
      const result = work()
      result.catch(() => undefined)
      await waitForBlockedStatements(raw, 1) // otherwise a busy machine would send the request after the stall
      // The database's own clock must advance, so this test waits in real time.
      await new Promise((resolve) => setTimeout(resolve, stallMs))
      await raw.query('COMMIT')
      return await result
    } finally {
      await raw.end()
    }
  }

  const row = 'SELECT 1 FROM refresh_tokens WHERE session_id = $1 FOR UPDATE'
  const table = 'LOCK TABLE refresh_tokens IN ACCESS EXCLUSIVE MODE'

  it.each([
    ['one row', row],
    ['the table', table],
  ])('stores the time at which a rotation ran after waiting for %s', async (_, lock) => {
    const person = await registerPerson(app)
    const values = lock === row ? [person.sessionId] : []
    const lost = await runStalled(lock, values, () => rotate(person))
    expect(await rotate(person)).toBe(lost)
    const { endReason } = await app.db.session.findUniqueOrThrow({
      where: { id: person.sessionId },
    })
    expect(endReason).toBeNull()
  })

  it('measures the grace interval of a racing tab from its arrival', async () => {
    const person = await registerPerson(app)
    const successor = await rotate(person)
    expect(await runStalled(table, [], () => rotate(person))).toBe(successor)
  })
})
