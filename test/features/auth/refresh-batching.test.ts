// Concurrent refreshes share one statement. The result of a refresh must not depend on the others in the batch.
import { afterAll, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import {
  getAuthError,
  logout,
  me,
  refresh,
  registerPerson,
  getAuthPayload,
  type Person,
} from '../../support/app/client.js'
import { usesPostgres, openRawClient } from '../../support/database/database.js'

const app = await startApp()
afterAll(app.close)

const lockStatement = 'SELECT 1 FROM refresh_tokens WHERE session_id = $1 FOR UPDATE'
const registerPeople = (count: number) =>
  Promise.all(Array.from({ length: count }, () => registerPerson(app)))
const generationOf = async ({ sessionId }: Person) =>
  (await app.db.refreshToken.findUniqueOrThrow({ where: { sessionId } })).generation

it('each client gets its own successor, and a refusal concerns only its own request', async () => {
  const honest = await registerPeople(30)
  const [replaced, ended, disabled] = await registerPeople(3)
  if (!replaced || !ended || !disabled) throw new Error('three are missing')
  getAuthPayload(await refresh(app, replaced.refreshToken))
  app.clock.advance('31s')
  await logout(app, ended.refreshToken)
  await app.db.user.update({ where: { id: disabled.id }, data: { disabledAt: app.clock.now() } })

  const tokens = [...honest, replaced, ended, disabled].map((person) => person.refreshToken)
  const results = await Promise.all(tokens.map((token) => refresh(app, token)))
  const refused = results.splice(honest.length).map((result) => getAuthError(result).code)
  expect(refused).toEqual(['REFRESH_TOKEN_REUSED', 'SESSION_ENDED', 'SESSION_ENDED'])
  const payloads = results.map(getAuthPayload)
  expect(new Set(payloads.map(({ refreshToken }) => refreshToken)).size).toBe(honest.length)
  for (const [index, { accessToken, session }] of payloads.entries()) {
    const person = honest[index]
    expect(session.id).toBe(person?.sessionId)
    expect((await me(app, accessToken)).data?.me?.id).toBe(person?.id)
    expect(person && (await generationOf(person))).toBe(2)
  }
  expect(await generationOf(ended)).toBe(1)
  expect(await generationOf(disabled)).toBe(1)
})

it('several refreshes of one session in a batch are one rotation', async () => {
  const [first, ...others] = await registerPeople(9)
  if (!first) throw new Error('no user registered')
  const everybody = [first, ...others, first, first]
  const results = await Promise.all(everybody.map((person) => refresh(app, person.refreshToken)))
  const successors = results.map((result) => getAuthPayload(result).refreshToken)
  expect(new Set(successors).size).toBe(9)
  expect(await generationOf(first)).toBe(2)
})

it.skipIf(!usesPostgres)('with a locked row does not delay the others', async () => {
  const [locked, ...others] = await registerPeople(9)
  if (!locked) throw new Error('no user registered')
  const raw = await openRawClient(app.target)
  await raw.query('BEGIN')
  await raw.query(lockStatement, [locked.sessionId])
  let answered = false
  const waiting = refresh(app, locked.refreshToken).finally(() => (answered = true))
  const results = await Promise.all(others.map((person) => refresh(app, person.refreshToken)))
  results.forEach(getAuthPayload)
  expect(answered).toBe(false)
  await raw.query('COMMIT')
  await raw.end()
  getAuthPayload(await waiting)
  expect(await generationOf(locked)).toBe(2)
})
