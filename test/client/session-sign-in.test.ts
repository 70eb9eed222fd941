// A session takes the results of sign-ins, and of proofs of presence in a session that goes on.
import { afterAll, describe, expect, it } from 'vitest'
import { ReauthenticateDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, refusalOf, registerPerson, signIn, succeeded } from '../support/app/client.js'
import { createSessionAt } from '../support/clients/session-clients.js'
import { createGate, createSessionNetwork } from '../support/clients/session-network.js'
import { createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

describe('reauthenticate', () => {
  it('gives another access token, and the refresh token goes on', async () => {
    const storage = createMemoryStorage()
    const at = createSessionAt(app, { storage })
    const { password } = await at.register()
    expect(
      await at.session.signIn(await reauthenticate(await at.session.accessToken(), password)),
    ).toBe(true)
    app.clock.advance('11m')
    const next = createSessionAt(app, { storage })
    expect(await refusalOf(app, await next.session.accessToken())).toBeUndefined()
    expect(at.events).toEqual(['signed-in'])
  })

  it('keeps the refresh token of a refresh that is under way', async () => {
    const own = createSessionNetwork()
    const gate = createGate()
    const at = createSessionAt(app, { fetch: own.fetch })
    const { password } = await at.register()
    own.fates.refresh = gate.fate
    app.clock.advance('8m')
    const token = await at.session.accessToken()
    const signedIn = at.session.signIn(await reauthenticate(token, password))
    gate.open()
    await signedIn
    for (let i = 0; i < 2; i += 1) {
      app.clock.advance('11m')
      expect(await refusalOf(app, await at.session.accessToken())).toBeUndefined()
    }
    expect(at.events).toEqual(['signed-in'])
  })

  async function reauthenticate(token: string | null, password: string) {
    const { data } = await call(app, ReauthenticateDocument, { input: { password } }, { token })
    return succeeded(data?.reauthenticate)
  }
})

describe('the result of a sign-in', () => {
  it('that failed changes nothing', async () => {
    const at = createSessionAt(app)
    const person = await at.register()
    const failed = { __typename: 'AuthError', code: 'INVALID_CREDENTIALS' }
    for (const result of [failed, null, undefined, {}, 'text']) {
      expect(await at.session.signIn(result)).toBe(false)
    }
    expect(await at.session.accessToken()).toBe(person.accessToken)
    const other = await signIn(app, await registerPerson(app))
    expect(await at.session.signIn({ ...other, expiresIn: 600 })).toBe(true)
    expect(at.session.state()).toEqual({ status: 'signed-in', userId: other.id })
  })
})
