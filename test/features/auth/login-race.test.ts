import { afterAll, describe, expect, test } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, failure, registerPerson, type Person } from '../../support/app/client.js'
import { onPostgres, rawClient } from '../../support/database/database.js'
import { exampleOf, type Operation } from '../../support/app/every-mutation.js'
import { beforeCommit } from '../../support/database/held-commit.js'
import { outcomeOf } from '../../support/app/limits.js'
import { auditOf } from '../../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

const send = async ({ query, variables, token }: Operation) =>
  outcomeOf(await call(app, query, variables, { token }))

/** By the front door, like the sign-in; `ready` makes what is needed before. */
const byMutation = (name: string, word: string) => async (person: Person) => {
  const operation = await exampleOf(name, app, person)
  return async () => {
    expect(await send(operation)).toBe(word)
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
    byMutation('resetPassword', 'User'),
  ],
  ['gets another password', 'INVALID_CREDENTIALS', byMutation('changePassword', 'User')],
  ['is deleted', 'INVALID_CREDENTIALS', byMutation('deleteAccount', 'Deleted')],
]

describe.runIf(onPostgres)('on PostgreSQL (the embedded database has a single session)', () => {
  /** A sign-in with the password that was right, and what it left. */
  async function signInBehind(person: Person, change: () => Promise<unknown>) {
    const { id, email, password } = person
    const where = { userId: id }
    const [, answer] = await beforeCommit(app, change, () =>
      call(app, LoginDocument, { input: { email, password } }),
    )
    const events = (await auditOf(app, id)).filter(({ type }) => type === 'LOGIN')
    expect(events).toMatchObject([{ success: false, sessionId: null }])
    const open = await app.db.session.findMany({ where: { ...where, endedAt: null } })
    expect(open.filter((session) => session.id !== person.sessionId)).toEqual([])
    return failure(answer.data?.login).code
  }

  test.each(changes)(
    'no sign-in slips in behind an account that %s meanwhile',
    async (_, code, prepare) => {
      const person = await registerPerson(app)
      const change = await prepare(person)
      expect(await signInBehind(person, change)).toBe(code)
    },
  )

  test('no sign-in slips in behind an account that loses its password meanwhile', async () => {
    const person = await registerPerson(app)
    // There is no door for that yet.
    const change = async () => {
      const other = await rawClient(app.target)
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
    expect(await signInBehind(person, change)).toBe('INVALID_CREDENTIALS')
  })
})
