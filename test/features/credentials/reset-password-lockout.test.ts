// Who proves by mail whose account it is starts anew, where they are. What strangers owe they go on owing: else asking
// for a reset, which is no secret, would be a way around the lockout for whoever waits for the owner to do it.
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

/** The whole way, as somebody goes it there. */
async function reset(email: string, ip: string, newPassword = password) {
  const headers = forwardedFor(ip)
  await requestPasswordReset(app, email, { headers })
  return resetPassword(app, await getMailedToken(app, email), { newPassword, headers })
}

it('a reset forgives the owner’s own failures where they signed in before', async () => {
  const { email, ip } = await registerOwner()
  await failLogins(app, { email, ip }, 5)
  expect(await guessPassword(app, { email, ip })).toBe('RATE_LIMITED 1')
  expect((await reset(email, ip))?.__typename).toBe('User')
  await failLogins(app, { email, ip }, 4) // the count begins anew
  expect(await guessPassword(app, { email, password, ip })).toBe('AuthPayload')
})

it('a reset forgives strangers nothing, not even with the right password', async () => {
  const { email, ip } = await registerOwner()
  await failLogins(app, { email }, 5)
  expect(await guessPassword(app, { email })).toBe('RATE_LIMITED 1')
  await reset(email, ip)
  expect(await guessPassword(app, { email })).toBe('RATE_LIMITED 1')
  expect(await guessPassword(app, { email, password })).toBe('RATE_LIMITED 1')
  expect(await guessPassword(app, { email, password, ip })).toBe('AuthPayload')
})

it('a reset from somewhere new lets the owner in there at once, whatever strangers did', async () => {
  const { email, ip } = await registerOwner()
  await failLogins(app, { email }, 5)
  const otherIp = newIp()
  expect(await guessPassword(app, { email, ip: otherIp })).toBe('RATE_LIMITED 1')
  await reset(email, otherIp)
  expect(await guessPassword(app, { email, password, ip: otherIp })).toBe('AuthPayload')
  expect(await guessPassword(app, { email, password, ip })).toBe('RATE_LIMITED 1') // known there no more
})

it('a reset that was refused forgives nothing', async () => {
  const { email, ip } = await registerOwner()
  await failLogins(app, { email, ip }, 5)
  expect(getAuthError(await reset(email, ip, 'short')).code).toBe('WEAK_PASSWORD')
  expect(await guessPassword(app, { email, ip })).toBe('RATE_LIMITED 1')
})
