// An attacker who knows the password can invalidate every link mailed to its owner, by repeated changes of the password
// from new sessions. The limit permits only a few per hour, and the owner gets as many links.
import { afterAll, expect, it } from 'vitest'
import { ChangePasswordDocument } from '@latchkey/client/operations'
import { call } from '../support/app/client.js'
import { getMailedToken } from '../support/mail/mail.js'
import {
  newIp,
  registerFromIp,
  startRateLimitedApp,
  forwardedFor,
  outcomeOf,
} from '../support/app/rate-limits.js'
import { signIn } from '../support/app/client.js'
import { requestPasswordReset, resetPassword } from '../support/mail/mailed-links.js'

const app = await startRateLimitedApp()
afterAll(app.close)

it('a thief who changes the password endlessly cannot stop the owner’s reset', async () => {
  const { email, password } = await registerFromIp(app)
  let current = password
  const change = async (n: number) => {
    const { accessToken: token } = await signIn(app, { email, password: current })
    const input = { currentPassword: current, newPassword: `a password of the thief ${n}` }
    const headers = forwardedFor(newIp())
    const outcome = outcomeOf(
      await call(app, ChangePasswordDocument, { input }, { token, headers }),
    )
    if (outcome === 'User') current = input.newPassword
    return outcome
  }
  const outcomes: string[] = []
  for (let n = 0; n < 8; n += 1) outcomes.push(await change(n))
  expect(outcomes).toEqual([
    ...Array<string>(5).fill('User'),
    ...Array<string>(3).fill('RATE_LIMITED 3600'),
  ])

  await requestPasswordReset(app, email)
  const token = await getMailedToken(app, email)
  expect(await change(9)).toBe('RATE_LIMITED 3600')
  expect((await resetPassword(app, token))?.__typename).toBe('User')
})
