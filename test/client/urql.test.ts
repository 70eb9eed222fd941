// urql 6 with its auth exchange. Queries use GET. `utils.mutate` sends the refresh with the expired access token in the
// header.
import type { CombinedError } from '@urql/core'
import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument, LogoutDocument, MySessionsDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { getAuthError } from '../support/app/client.js'
import { createUrqlApplication } from '../support/clients/urql-application.js'

const app = await startApp()
afterAll(app.close)

const createClient = (options: { refreshesOnExpiry: boolean }) =>
  createUrqlApplication(app, options)

const extensionsOf = (error: CombinedError | undefined) =>
  error?.graphQLErrors.map(({ extensions }) => extensions)

const formatRequest = ({ method, operation }: { method: string; operation: string }) =>
  `${method} ${operation}`

describe('urql', () => {
  it('registers, then reads me by GET', async () => {
    const { register, me, sent } = createClient({ refreshesOnExpiry: true })
    const user = await register()
    const { data, error } = await me()
    expect(error).toBeUndefined()
    expect(data?.me).toMatchObject({ id: user.id, email: user.email })
    expect(sent.map(formatRequest)).toEqual(['POST Register', 'GET Me'])
  })

  it('receives TOKEN_MISSING when no user is signed in', async () => {
    const { me } = createClient({ refreshesOnExpiry: false })
    const { error } = await me()
    const extensions = { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' }
    expect(extensionsOf(error)).toEqual([extensions])
    expect(error?.networkError).toBeUndefined()
  })

  it('receives the code and the reason of an expired token', async () => {
    const { register, me } = createClient({ refreshesOnExpiry: false })
    await register()
    app.clock.advance('11m')
    const extensions = { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' }
    expect(extensionsOf((await me()).error)).toEqual([extensions])
  })

  it('refreshes with the expired token in the header, and the retry succeeds', async () => {
    const { register, me, sent } = createClient({ refreshesOnExpiry: true })
    const user = await register()
    app.clock.advance('11m')
    expect((await me()).data?.me?.id).toBe(user.id)
    expect(sent.map(formatRequest)).toEqual(['POST Register', 'GET Me', 'POST Refresh', 'GET Me'])
    const [, expired, refresh, again] = sent.map(({ authorization }) => authorization)
    expect(expired).toMatch(/^Bearer /)
    expect(refresh).toBe(expired)
    expect(again).not.toBe(expired)
  })

  it('stays signed in when ten queries find the token expired', async () => {
    const { register, me, client } = createClient({ refreshesOnExpiry: true })
    const user = await register()
    app.clock.advance('11m')
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, me),
      ...Array.from({ length: 5 }, (_, i) =>
        client.query(MySessionsDocument, { first: 10 + i }).toPromise(),
      ),
    ])
    expect(new Set(answers.map(({ data }) => data?.me?.id))).toEqual(new Set([user.id]))
    const { data } = await client.query(MySessionsDocument, { first: 20 }).toPromise()
    expect(data?.me?.sessions?.totalCount).toBe(1)
  })

  it('receives failures as data, even with a dead token in the header', async () => {
    const { register, client } = createClient({ refreshesOnExpiry: true })
    const { email } = await register()
    app.clock.advance('11m')
    const input = { email: email ?? '', password: 'a wrong password' }
    const { data, error } = await client.mutation(LoginDocument, { input }).toPromise()
    expect(error).toBeUndefined()
    expect(getAuthError(data?.login).code).toBe('INVALID_CREDENTIALS')
  })

  it('signs the user out once, without a loop, when the session has ended', async () => {
    const { register, me, sent, signOutCount, client } = createClient({ refreshesOnExpiry: true })
    await register()
    await client.mutation(LogoutDocument, { input: {} }).toPromise()
    const { error } = await me()
    const extensions = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } // it repeats the old header
    expect(extensionsOf(error)).toEqual([extensions])
    expect(signOutCount()).toBe(1)
    expect(sent.map(formatRequest).slice(2)).toEqual(['GET Me', 'POST Refresh', 'GET Me'])
  })
})
