import { afterAll, describe, expect, test, vi } from 'vitest'
import { LoginDocument } from '../../../src/generated/operations.js'
import { startApp } from '../../support/app.js'
import { call, failure, registerPerson } from '../../support/client.js'
import { onPostgres, rawClient } from '../../support/database.js'
import { auditOf } from '../../support/watch.js'

const app = await startApp()
afterAll(app.close)

describe.runIf(onPostgres)('on PostgreSQL (the embedded database has a single session)', () => {
  test.each([
    ['is disabled', 'ACCOUNT_DISABLED', 'UPDATE users SET disabled_at = $2 WHERE id = $1'],
    [
      'gets another password',
      'INVALID_CREDENTIALS',
      'UPDATE password_credentials SET version = version + 1, changed_at = $2 WHERE user_id = $1',
    ],
    [
      'loses its password',
      'INVALID_CREDENTIALS',
      'DELETE FROM password_credentials WHERE user_id = $1 AND changed_at < $2',
    ],
    ['is deleted', 'INVALID_CREDENTIALS', 'DELETE FROM users WHERE id = $1 AND created_at < $2'],
  ])('no sign-in slips in behind an account that %s meanwhile', async (_, code, change) => {
    const { id, email, password } = await registerPerson(app)
    const before = await auditOf(app, id)
    const sessions = await app.db.session.findMany({ select: { id: true } })
    app.clock.advance('1s')
    const other = await rawClient(app.target)
    try {
      await other.query('BEGIN')
      await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [id])
      const answer = call(app, LoginDocument, { input: { email, password } })
      await vi.waitFor(async () => {
        const waiting = "wait_event_type = 'Lock' AND datname = current_database()"
        const { rows } = await other.query(`SELECT FROM pg_stat_activity WHERE ${waiting}`)
        expect(rows).toHaveLength(1)
      }, 5_000)
      await other.query(change, [id, app.clock.now()])
      await other.query('COMMIT')
      expect(failure((await answer).data?.login).code).toBe(code)
    } finally {
      await other.end()
    }
    const known = sessions.map((session) => session.id)
    expect(await app.db.session.count({ where: { id: { notIn: known } } })).toBe(0)
    const events = (await auditOf(app, id)).slice(before.length)
    expect(events).toMatchObject([{ type: 'LOGIN', success: false, sessionId: null }])
  })
})
