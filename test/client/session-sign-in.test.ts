// A session accepts the results of sign-ins, and of presence proofs in the running session.
import { afterAll, describe, expect, it } from 'vitest'
import { ReauthenticateDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import {
  call,
  getRefusalReason,
  registerPerson,
  signIn,
  getAuthPayload,
} from '../support/app/client.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'
import { createGate, createSessionNetwork } from '../support/clients/session-network.js'
import { createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

describe('reauthenticate', () => {
  it('returns another access token and keeps the refresh token', async () => {
    const storage = createMemoryStorage()
    const fixture = createSessionFixture(app, { storage })
    const { password } = await fixture.register()
    expect(
      await fixture.session.signIn(
        await reauthenticate(await fixture.session.accessToken(), password),
      ),
    ).toBe(true)
    app.clock.advance('11m')
    const next = createSessionFixture(app, { storage })
    expect(await getRefusalReason(app, await next.session.accessToken())).toBeUndefined()
    expect(fixture.events).toEqual(['signed-in'])
  })

  it('keeps the refresh token of a refresh in progress', async () => {
    const sessionNetwork = createSessionNetwork()
    const gate = createGate()
    const fixture = createSessionFixture(app, { fetch: sessionNetwork.fetch })
    const { password } = await fixture.register()
    sessionNetwork.fates.refresh = gate.handler
    app.clock.advance('8m')
    const token = await fixture.session.accessToken()
    const signedIn = fixture.session.signIn(await reauthenticate(token, password))
    gate.open()
    await signedIn
    for (let i = 0; i < 2; i += 1) {
      app.clock.advance('11m')
      expect(await getRefusalReason(app, await fixture.session.accessToken())).toBeUndefined()
    }
    expect(fixture.events).toEqual(['signed-in'])
  })

  async function reauthenticate(token: string | null, password: string) {
    const { data } = await call(app, ReauthenticateDocument, { input: { password } }, { token })
    return getAuthPayload(data?.reauthenticate)
  }
})

describe('the result of a sign-in', () => {
  it('changes nothing if the sign-in failed', async () => {
    const fixture = createSessionFixture(app)
    const person = await fixture.register()
    const failed = { __typename: 'AuthError', code: 'INVALID_CREDENTIALS' }
    for (const result of [failed, null, undefined, {}, 'text']) {
      expect(await fixture.session.signIn(result)).toBe(false)
    }
    expect(await fixture.session.accessToken()).toBe(person.accessToken)
    const other = await signIn(app, await registerPerson(app))
    expect(await fixture.session.signIn({ ...other, expiresIn: 600 })).toBe(true)
    expect(fixture.session.state()).toEqual({ status: 'signed-in', userId: other.id })
  })
})
