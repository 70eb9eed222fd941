// Only `refresh` and `logout` may read the refresh cookie. Suppose that another mutation counted attempts for the
// session in a cookie. An attacker with a stolen access token could then add a cookie of another account to each
// attempt, for a new budget each time.
import { expect, it, onTestFinished } from 'vitest'
import { RevokeOtherSessionsDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, registerPerson, signIn } from '../support/app/client.js'

it('a budget belongs to the session of the access token, with any cookie', async () => {
  const app = await startApp({ env: { RATE_LIMIT_FACTOR: '0.15' } }) // three attempts
  onTestFinished(app.close)
  const victim = await registerPerson(app)
  const thief = await registerPerson(app)
  const sessions = [thief, await signIn(app, thief), await signIn(app, thief)]
  const attempt = (cookie: string) =>
    call(app, RevokeOtherSessionsDocument, {}, { token: victim.accessToken, headers: { cookie } })

  for (const { refreshToken } of sessions) {
    expect((await attempt(`latchkey-refresh=${refreshToken}`)).errors).toEqual([])
  }
  for (const { refreshToken } of [...sessions, { refreshToken: 'none' }]) {
    expect((await attempt(`latchkey-refresh=${refreshToken}`)).errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED' } },
    ])
  }
})
