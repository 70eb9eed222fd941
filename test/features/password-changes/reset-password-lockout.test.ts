// A reset by e-mail proves the owner, so it resets the failures of the owner's network. Failures of other networks
// stay: anyone can request a reset, so an attacker could wait for the owner's reset to bypass the lockout.
import { afterAll, expect, it } from 'vitest'
import { getAuthError } from '../../support/app/client.js'
import {
  failLogins,
  forwardedFor,
  guessPassword,
  newIp,
  registerFromIp,
  startRateLimitedApp,
} from '../../support/app/rate-limits.js'
import { getMailedToken } from '../../support/mail/mail.js'
import {
  anotherPassword as password,
  requestPasswordReset,
  resetPassword,
} from '../../support/mail/mailed-links.js'

const app = await startRateLimitedApp()
afterAll(app.close)

async function registerOwner() {
  const owner = await registerFromIp(app)
  await app.deliver()
  return owner
}

/** The complete reset from the given network. */
async function reset(email: string, ip: string, newPassword = password) {
  const headers = forwardedFor(ip)
  await requestPasswordReset(app, email, { headers })
  return resetPassword(app, await getMailedToken(app, email), { newPassword, headers })
}

it('a reset clears the owner’s failures in a known network', async () => {
  const { email, ip } = await registerOwner()
  await failLogins(app, { email, ip }, 5)
  expect(await guessPassword(app, { email, ip })).toBe('RATE_LIMITED 1')
  expect((await reset(email, ip))?.__typename).toBe('User')
  await failLogins(app, { email, ip }, 4) // the count starts from zero
  expect(await guessPassword(app, { email, password, ip })).toBe('AuthPayload')
})

it('a reset keeps the delay of unknown networks, even for the correct password', async () => {
  const { email, ip } = await registerOwner()
  await failLogins(app, { email }, 5)
  expect(await guessPassword(app, { email })).toBe('RATE_LIMITED 1')
  await reset(email, ip)
  expect(await guessPassword(app, { email })).toBe('RATE_LIMITED 1')
  expect(await guessPassword(app, { email, password })).toBe('RATE_LIMITED 1')
  expect(await guessPassword(app, { email, password, ip })).toBe('AuthPayload')
})

it('a reset from a new network lets the owner sign in there at once, despite failures in other networks', async () => {
  const { email, ip } = await registerOwner()
  await failLogins(app, { email }, 5)
  const otherIp = newIp()
  expect(await guessPassword(app, { email, ip: otherIp })).toBe('RATE_LIMITED 1')
  await reset(email, otherIp)
  expect(await guessPassword(app, { email, password, ip: otherIp })).toBe('AuthPayload')
  expect(await guessPassword(app, { email, password, ip })).toBe('RATE_LIMITED 1') // the network is no longer known
})

it('a refused reset clears no failures', async () => {
  const { email, ip } = await registerOwner()
  await failLogins(app, { email, ip }, 5)
  expect(getAuthError(await reset(email, ip, 'short')).code).toBe('WEAK_PASSWORD')
  expect(await guessPassword(app, { email, ip })).toBe('RATE_LIMITED 1')
})
