import { afterAll, describe, expect, test } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, getAuthError, registerPerson, type Person } from '../../support/app/client.js'
import { usesPostgres, openRawClient } from '../../support/database/database.js'
import { createExampleOperation, type Operation } from '../../support/app/every-mutation.js'
import { raceBeforeCommit } from '../../support/database/race-before-commit.js'
import { outcomeOf } from '../../support/app/rate-limits.js'
import { findAuditEvents } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const send = async ({ query, variables, token }: Operation) =>
  outcomeOf(await call(app, query, variables, { token }))

/** Prepares the data of a mutation. Returns a function that sends the mutation through the API, like the sign-in. */
const changeByMutation = (name: string, expectedOutcome: string) => async (person: Person) => {
  const operation = await createExampleOperation(name, app, person)
  return async () => {
    expect(await send(operation)).toBe(expectedOutcome)
  }
}

const changes: [string, string, (person: Person) => Promise<() => Promise<unknown>>][] = [
  [
    'is disabled',
    'ACCOUNT_DISABLED',
    ({ id }) => Promise.resolve(() => app.app.services.users.disable(id)),
  ],
  [
    'gets another password by a mailed link',
    'INVALID_CREDENTIALS',
    changeByMutation('resetPassword', 'User'),
  ],
  ['gets another password', 'INVALID_CREDENTIALS', changeByMutation('changePassword', 'User')],
  ['is deleted', 'INVALID_CREDENTIALS', changeByMutation('deleteAccount', 'Deleted')],
]

describe.runIf(usesPostgres)('on PostgreSQL (the embedded database has a single session)', () => {
  /** A sign-in with the formerly correct password, and the resulting rows. */
  async function signInDuringChange(person: Person, change: () => Promise<unknown>) {
    const { id, email, password } = person
    const where = { userId: id }
    const [, answer] = await raceBeforeCommit(app, change, () =>
      call(app, LoginDocument, { input: { email, password } }),
    )
    const events = (await findAuditEvents(app, id)).filter(({ type }) => type === 'LOGIN')
    expect(events).toMatchObject([{ success: false, sessionId: null }])
    const openSessions = await app.db.session.findMany({ where: { ...where, endedAt: null } })
    expect(openSessions.filter((session) => session.id !== person.sessionId)).toEqual([])
    return getAuthError(answer.data?.login).code
  }

  test.each(changes)(
    'no sign-in succeeds after an account that %s meanwhile',
    async (_, code, prepare) => {
      const person = await registerPerson(app)
      const change = await prepare(person)
      expect(await signInDuringChange(person, change)).toBe(code)
    },
  )

  test('no sign-in succeeds after an account loses its password meanwhile', async () => {
    const person = await registerPerson(app)
    // The API has no operation for that yet.
    const change = async () => {
      const other = await openRawClient(app.target)
      try {
        await other.query('BEGIN')
        await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [person.id])
        await other.query('DELETE FROM password_credentials WHERE user_id = $1', [person.id])
        await other.query('LOCK TABLE audit_events IN ROW EXCLUSIVE MODE') // waits like an event
        await other.query('COMMIT')
      } finally {
        await other.end()
      }
    }
    expect(await signInDuringChange(person, change)).toBe('INVALID_CREDENTIALS')
  })
})
