import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { LoginDocument, RefreshDocument } from '@latchkey/client/operations'
import { startApp, type TestApp } from '../../support/app/app.js'
import { call, logout, me, registerPerson, getAuthPayload } from '../../support/app/client.js'
import { recordQueries } from '../../support/database/record-queries.js'

const app = await startApp()
afterAll(app.close)

const meAndSettings = '{ me { id } authSettings { passwordMinLength } }'

/** Queries `me` and a public field with this Authorization header. */
async function askMe(authorization: string | undefined, server: TestApp = app) {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
  const { status, text } = await call(server, meAndSettings, {}, { headers })
  return { status, ...(JSON.parse(text) as object) }
}

const unauthenticatedWith = (reason: string) => ({
  status: 200,
  errors: [{ path: ['me'], extensions: { code: 'UNAUTHENTICATED', reason } }],
  data: { me: null, authSettings: { passwordMinLength: 8 } },
})

describe('me needs a signed-in user; the other fields of the request still get answers', () => {
  test.each([
    ['TOKEN_MISSING', 'no header', undefined],
    ['TOKEN_MISSING', 'an empty header', ''],
    ['TOKEN_MISSING', 'no token', 'Bearer'],
    ['TOKEN_MISSING', 'an empty token', 'Bearer '],
    ['TOKEN_MISSING', 'another scheme', 'Basic YW5hOnNlY3JldA=='],
    ['TOKEN_MISSING', 'a scheme that begins alike', 'Bearerish abc'],
    ['TOKEN_INVALID', 'garbage', 'Bearer garbage'],
    ['TOKEN_INVALID', 'three parts of garbage', 'Bearer a.b.c'],
    ['TOKEN_INVALID', 'the word null', 'Bearer null'],
    ['TOKEN_INVALID', 'bytes beyond ASCII', 'Bearer caf\u00e9\u00ff'],
    ['TOKEN_INVALID', 'two headers in one', 'Bearer abc, Bearer def'],
    ['TOKEN_INVALID', '15 kB', `Bearer ${'a'.repeat(15_000)}`],
  ])('%s for %s', async (reason, _, authorization) => {
    expect(await askMe(authorization)).toMatchObject(unauthenticatedWith(reason))
  })

  it('TOKEN_EXPIRED after the token has expired', async () => {
    const { accessToken } = await registerPerson(app)
    app.clock.advance('9m')
    expect(await askMe(`Bearer ${accessToken}`)).not.toHaveProperty('errors')
    app.clock.advance('2m')
    expect(await askMe(`Bearer ${accessToken}`)).toMatchObject(unauthenticatedWith('TOKEN_EXPIRED'))
  })

  it('SESSION_ENDED from the first request after a sign-out', async () => {
    const { accessToken, refreshToken } = await registerPerson(app)
    await me(app, accessToken)
    await logout(app, refreshToken)
    expect(await askMe(`Bearer ${accessToken}`)).toMatchObject(unauthenticatedWith('SESSION_ENDED'))
  })

  it('SESSION_ENDED from the first request after the account is disabled or deleted', async () => {
    for (const remove of [
      (id: string) => app.db.user.update({ where: { id }, data: { disabledAt: app.clock.now() } }),
      (id: string) => app.db.user.delete({ where: { id } }),
    ]) {
      const { id, accessToken } = await registerPerson(app)
      await me(app, accessToken)
      await remove(id)
      expect(await askMe(`Bearer ${accessToken}`)).toMatchObject(
        unauthenticatedWith('SESSION_ENDED'),
      )
    }
  })

  it('SESSION_ENDED when the session expires before the token does', async () => {
    const shortLivedApp = await startApp({
      env: { REFRESH_IDLE_TTL: '5m', ACCESS_TOKEN_TTL: '1h' },
    })
    onTestFinished(shortLivedApp.close)
    const { accessToken } = await registerPerson(shortLivedApp)
    shortLivedApp.clock.advance('6m')
    expect(await askMe(`Bearer ${accessToken}`, shortLivedApp)).toMatchObject(
      unauthenticatedWith('SESSION_ENDED'),
    )
  })

  test.each(['Bearer', 'bearer', 'BEARER', 'Bearer   '])('the scheme may be %j', async (scheme) => {
    const { id, accessToken } = await registerPerson(app)
    expect(await askMe(`${scheme} ${accessToken}`)).toMatchObject({ data: { me: { id } } })
  })

  it('sends one statement to the database', async () => {
    const { accessToken } = await registerPerson(app)
    const queries = recordQueries()
    onTestFinished(() => {
      queries.stop()
    })
    await me(app, accessToken)
    expect(queries.seen).toHaveLength(1)
    await me(app, 'garbage')
    expect(queries.seen).toHaveLength(1)
  })
})

const stale = await registerPerson(app)
const ended = await registerPerson(app)
await logout(app, ended.refreshToken)

describe('public fields answer with every Authorization header', () => {
  test.each([
    ['nothing', ''],
    ['no token', 'Bearer'],
    ['garbage', 'Bearer garbage'],
    ['another scheme', 'Negotiate abc'],
    ['bytes beyond ASCII', 'Bearer \u00e9\u00ff'],
    ['15 kB', `Bearer ${'a'.repeat(15_000)}`],
    ['an expired token', `bearer ${stale.accessToken}`],
    ['a token of an ended session', `Bearer ${ended.accessToken}`],
  ])('%s', async (_, authorization) => {
    const person = await registerPerson(app)
    app.clock.advance('11m')
    const options = { headers: { authorization } }
    const settings = await call(app, '{ authSettings { passwordMinLength } }', {}, options)
    expect(settings.text).toBe('{"data":{"authSettings":{"passwordMinLength":8}}}\n')

    const { email, password, refreshToken } = person
    const signedIn = await call(app, LoginDocument, { input: { email, password } }, options)
    expect(getAuthPayload(signedIn.data?.login).user.id).toBe(person.id)
    const refreshed = await call(app, RefreshDocument, { input: { refreshToken } }, options)
    expect(getAuthPayload(refreshed.data?.refresh).session.id).toBe(person.sessionId)
  })
})
