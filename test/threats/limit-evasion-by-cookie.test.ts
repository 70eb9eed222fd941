// Only `refresh` and `logout` may listen to the refresh cookie. Were the budget of another mutation counted for the
// session that a cookie names, whoever holds a stolen access token could bring a cookie of an account of their own
// along with each attempt, and have a budget for each.
import { expect, it, onTestFinished } from 'vitest'
import { RevokeOtherSessionsDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, registerPerson, signIn } from '../support/app/client.js'

it('a budget is that of the session of the access token, whatever cookie comes along', async () => {
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
