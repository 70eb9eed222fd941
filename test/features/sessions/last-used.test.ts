import { afterAll, expect, it, test } from 'vitest'
import { MySessionsDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, me, registerPerson } from '../../support/app/client.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const sessionOf = async (token: string) => {
  const { data } = await call(app, MySessionsDocument, { first: 1 }, { token })
  const [session] = data?.me?.sessions?.nodes ?? []
  if (!session) throw new Error('no session')
  return session
}

it('the last use is written at most once a minute', async () => {
  const { accessToken } = await registerPerson(app)
  const { touched: atOnce } = await trackChanges(app, () => me(app, accessToken))
  expect(atOnce).toEqual([])
  const before = await sessionOf(accessToken)

  app.clock.advance('61s')
  const { touched: aMinuteLater } = await trackChanges(app, () => me(app, accessToken))
  expect(aMinuteLater).toEqual(['refresh_tokens'])
  const { touched: again } = await trackChanges(app, () => me(app, accessToken))
  expect(again).toEqual([])

  const after = await sessionOf(accessToken)
  const differenceMs = Date.parse(after.lastUsedAt) - Date.parse(before.lastUsedAt)
  expect(differenceMs).toBeGreaterThanOrEqual(61_000)
  expect(after.expiresAt).toBe(before.expiresAt) // only a refresh moves the idle limit
})

test.each([
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Chrome on macOS',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari on iOS',
  ],
  ['something of ours/1.0', null],
])('a session of the user agent %s has the client %s', async (userAgent, client) => {
  const headers = { 'user-agent': userAgent }
  const person = await registerPerson(app)
  const answer = await call(
    app,
    `mutation ($input: LoginInput!) {
      login(input: $input) { ... on AuthPayload { session { client userAgent } } }
    }`,
    { input: { email: person.email, password: person.password } },
    { headers },
  )
  expect(answer.data).toEqual({ login: { session: { client, userAgent } } })
})
