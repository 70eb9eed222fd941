// The presence proof permits step-up operations, so it must end with the page. A copy in storage or in another tab
// could be read after the user has left.
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { afterAll, describe, expect, it } from 'vitest'
import { createSessionLink } from '@latchkey/client/apollo'
import {
  ExportAccountDataDocument,
  LoginDocument,
  ReauthenticateDocument,
} from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, registerPerson, getAuthPayload } from '../support/app/client.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'
import { createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

describe('the presence proof of a session', () => {
  it('arrives with a sign-in, survives refreshes, and permits a step-up operation', async () => {
    const fixture = createSessionFixture(app)
    const person = await fixture.register()
    expect(fixture.session.presenceProof()).toBe(person.presenceProof)
    app.clock.advance('9m')
    const token = await fixture.session.recover(person.accessToken, 'TOKEN_EXPIRED')
    expect(token).not.toBe(person.accessToken)
    const input = { presenceProof: fixture.session.presenceProof() }
    const { data } = await call(app, ExportAccountDataDocument, { input }, { token })
    expect(data?.exportAccountData?.__typename).toBe('AccountData')
  })

  it('is replaced by reauthenticate', async () => {
    const fixture = createSessionFixture(app)
    const { password, presenceProof } = await fixture.register()
    const token = await fixture.session.accessToken()
    const { data } = await call(app, ReauthenticateDocument, { input: { password } }, { token })
    await fixture.session.signIn(getAuthPayload(data?.reauthenticate))
    expect(fixture.session.presenceProof()).toMatch(/^[\w-]{43}$/)
    expect(fixture.session.presenceProof()).not.toBe(presenceProof)
  })

  it('is in no storage and ends with the page', async () => {
    const storage = createMemoryStorage()
    const written: string[] = []
    const recordingStorage = {
      ...storage,
      setItem: (key: string, value: string) => {
        written.push(value)
        storage.setItem(key, value)
      },
    }
    const fixture = createSessionFixture(app, { storage: recordingStorage })
    const { presenceProof, refreshToken } = await fixture.register()
    expect(written.join()).toContain(refreshToken)
    expect(written.join()).not.toContain(presenceProof)
    const next = createSessionFixture(app, { storage })
    await next.session.ready()
    expect(next.session.state().status).toBe('signed-in')
    expect(next.session.presenceProof()).toBeNull()
  })

  it('ends with a sign-out and is not passed to the next user', async () => {
    const fixture = createSessionFixture(app)
    const first = await fixture.register()
    await fixture.session.signOut()
    expect(fixture.session.presenceProof()).toBeNull()
    await fixture.session.signIn({ ...first, presenceProof: null, expiresIn: 600 })
    expect(fixture.session.presenceProof()).toBeNull()
    const second = await fixture.register()
    expect(fixture.session.presenceProof()).toBe(second.presenceProof)
  })

  it('stays out of the cache of Apollo Client when the sign-in is sent as documented', async () => {
    const { email, password } = await registerPerson(app)
    const { session, url } = createSessionFixture(app)
    const cache = new InMemoryCache()
    const link = createSessionLink(session).concat(new HttpLink({ uri: url }))
    const client = new ApolloClient({ link, cache })
    const variables = { input: { email, password } }
    const { data } = await client.mutate({
      mutation: LoginDocument,
      variables,
      fetchPolicy: 'no-cache',
    })
    expect(await session.signIn(data?.login)).toBe(true)
    expect(session.presenceProof()).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify(cache.extract())).not.toMatch(/presenceProof|accessToken/)
  })
})
