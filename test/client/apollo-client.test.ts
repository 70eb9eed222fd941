// Apollo Client 4 with the links of its own documentation. A SetContextLink sets the token, or an empty header when
// there is none. An ErrorLink refreshes on UNAUTHENTICATED and sends the operation again.
import { CombinedGraphQLErrors } from '@apollo/client'
import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument, LogoutDocument, MySessionsDocument } from '@latchkey/client/operations'
import { createApolloApplication } from '../support/clients/apollo-application.js'
import { startApp } from '../support/app/app.js'
import { getAuthError } from '../support/app/client.js'

const app = await startApp()
afterAll(app.close)

const createClient = (options: { refreshesOnExpiry: boolean }) =>
  createApolloApplication(app, options)

async function errorExtensionsOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!CombinedGraphQLErrors.is(error)) throw new Error(`not GraphQL errors: ${String(error)}`)
  return error.errors.map(({ extensions }) => extensions)
}

describe('Apollo Client', () => {
  it('registers with the empty header of an anonymous client, then reads me', async () => {
    const { register, me, sent } = createClient({ refreshesOnExpiry: true })
    const user = await register()
    const { data } = await me()
    expect(data?.me).toMatchObject({ id: user.id, email: user.email })
    expect(sent.map(({ operation }) => operation)).toEqual(['Register', 'Me'])
    expect(sent[0]?.authorization).toBe('')
  })

  it('receives TOKEN_MISSING, not BAD_REQUEST, for an empty header', async () => {
    const { me } = createClient({ refreshesOnExpiry: false })
    const extensions = { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' }
    expect(await errorExtensionsOf(me())).toEqual([extensions])
  })

  it('receives the code and the reason of an expired token', async () => {
    const { register, me } = createClient({ refreshesOnExpiry: false })
    await register()
    app.clock.advance('11m')
    const extensions = { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' }
    expect(await errorExtensionsOf(me())).toEqual([extensions])
  })

  it('refreshes with the expired token in the header, and the retry succeeds', async () => {
    const { register, me, sent } = createClient({ refreshesOnExpiry: true })
    const user = await register()
    app.clock.advance('11m')
    expect((await me()).data?.me?.id).toBe(user.id)
    expect(sent.map(({ operation }) => operation)).toEqual(['Register', 'Me', 'Refresh', 'Me'])
    const [, expired, refresh, again] = sent.map(({ authorization }) => authorization)
    expect(refresh).toBe(expired)
    expect(again).not.toBe(expired)
  })

  it('stays signed in when ten queries refresh at once', async () => {
    const { register, me, sent, client } = createClient({ refreshesOnExpiry: true })
    const user = await register()
    app.clock.advance('11m')
    const answers = await Promise.all(Array.from({ length: 10 }, me))
    expect(new Set(answers.map(({ data }) => data?.me?.id))).toEqual(new Set([user.id]))
    expect(sent.filter(({ operation }) => operation === 'Refresh')).toHaveLength(10)
    const { data } = await client.query({ query: MySessionsDocument })
    expect(data?.me?.sessions?.totalCount).toBe(1)
  })

  it('receives failures as data, even with a dead token in the header', async () => {
    const { register, client } = createClient({ refreshesOnExpiry: true })
    const { email } = await register()
    app.clock.advance('11m')
    const input = { email: email ?? '', password: 'a wrong password' }
    const { data } = await client.mutate({ mutation: LoginDocument, variables: { input } })
    expect(getAuthError(data?.login).code).toBe('INVALID_CREDENTIALS')
  })

  it('signs the user out once, without a loop, when the session has ended', async () => {
    const { register, me, sent, isSignedIn, client } = createClient({ refreshesOnExpiry: true })
    await register()
    await client.mutate({ mutation: LogoutDocument, variables: { input: {} } })
    const extensions = { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' }
    expect(await errorExtensionsOf(me())).toEqual([extensions])
    expect(isSignedIn()).toBe(false)
    expect(sent.map(({ operation }) => operation).slice(2)).toEqual(['Me', 'Refresh', 'Me'])
  })
})
