// Who proves by mail whose account it is starts anew, where they are. What strangers owe they go on owing: else asking
// for a reset, which is no secret, would be a way around the lockout for whoever waits for the owner to do it.
import { afterAll, expect, it } from 'vitest'
import { failure } from '../../support/app/client.js'
import {
  fail,
  forwarded,
  guess,
  newPlace,
  ownerAt,
  startLimitedApp,
} from '../../support/app/limits.js'
import { tokenFor } from '../../support/mail/mail.js'
import {
  anotherPassword as password,
  askForReset,
  resetPassword,
} from '../../support/mail/mailed-links.js'

const app = await startLimitedApp()
afterAll(app.close)

async function newOwner() {
  const owner = await ownerAt(app)
  await app.deliver()
  return owner
}

/** The whole way, as somebody goes it there. */
async function reset(email: string, from: string, newPassword = password) {
  const headers = forwarded(from)
  await askForReset(app, email, { headers })
  return resetPassword(app, await tokenFor(app, email), { newPassword, headers })
}

it('a reset forgives the owner’s own failures where they signed in before', async () => {
  const { email, from } = await newOwner()
  await fail(app, { email, from }, 5)
  expect(await guess(app, { email, from })).toBe('RATE_LIMITED 1')
  expect((await reset(email, from))?.__typename).toBe('User')
  await fail(app, { email, from }, 4) // the count begins anew
  expect(await guess(app, { email, password, from })).toBe('AuthPayload')
})

it('a reset forgives strangers nothing, not even with the right password', async () => {
  const { email, from } = await newOwner()
  await fail(app, { email }, 5)
  expect(await guess(app, { email })).toBe('RATE_LIMITED 1')
  await reset(email, from)
  expect(await guess(app, { email })).toBe('RATE_LIMITED 1')
  expect(await guess(app, { email, password })).toBe('RATE_LIMITED 1')
  expect(await guess(app, { email, password, from })).toBe('AuthPayload')
})

it('a reset from somewhere new lets the owner in there at once, whatever strangers did', async () => {
  const { email, from } = await newOwner()
  await fail(app, { email }, 5)
  const elsewhere = newPlace()
  expect(await guess(app, { email, from: elsewhere })).toBe('RATE_LIMITED 1')
  await reset(email, elsewhere)
  expect(await guess(app, { email, password, from: elsewhere })).toBe('AuthPayload')
  expect(await guess(app, { email, password, from })).toBe('RATE_LIMITED 1') // known there no more
})

it('a reset that was refused forgives nothing', async () => {
  const { email, from } = await newOwner()
  await fail(app, { email, from }, 5)
  expect(failure(await reset(email, from, 'short')).code).toBe('WEAK_PASSWORD')
  expect(await guess(app, { email, from })).toBe('RATE_LIMITED 1')
})
