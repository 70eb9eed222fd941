// The client retries an operation only if nothing of it was executed.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { parse } from 'graphql'
import { afterAll, describe, expect, it } from 'vitest'
import {
  LoginDocument,
  MySessionsDocument,
  UpdateProfileDocument,
} from '@latchkey/client/operations'
import { startStubService, unauthenticatedResponse } from '../support/processes/stub-service.js'
import { startApp } from '../support/app/app.js'
import { wrongPassword } from '../support/app/rate-limits.js'
import { listMailTo } from '../support/mail/mail.js'
import { clients } from '../support/clients/graphql-request-application.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'

const app = await startApp()
afterAll(app.close)

const parseTyped = <T, V>(text: string) => parse(text) as TypedDocumentNode<T, V>

const MailAndProfile = parseTyped<
  { requestPasswordReset: object; updateProfile: null },
  { email: string }
>(
  `mutation MailAndProfile($email: EmailAddress!) {
    requestPasswordReset(input: { email: $email }) { email }
    updateProfile(input: { name: "Ada" }) { __typename }
  }`,
)
const SettingsAndMe = parseTyped<{ authSettings: object; me: { id: string } | null }, object>(
  'query SettingsAndMe { authSettings { registrationOpen } me { id } }',
)
const PayAndTell = parseTyped<object, object>('mutation PayAndTell { pay tell }')

describe.each(Object.entries(clients))(
  '%s with a token that only the service knows to be dead',
  (_, create) => {
    const start = async () => {
      const fixture = createSessionFixture(app, { now: () => 0 })
      const person = await fixture.register()
      app.clock.advance('11m')
      return {
        ...fixture,
        person,
        client: create(fixture.session, fixture.url, fixture.network.fetch),
      }
    }

    it('retries a query that was partly refused', async () => {
      const { client, network, person } = await start()
      const { data, error } = await client.query(SettingsAndMe, {})
      expect(error).toBeUndefined()
      expect(data).toMatchObject({
        authSettings: { registrationOpen: true },
        me: { id: person.id },
      })
      expect(network.countSent('SettingsAndMe')).toBe(2)
    })

    it('does not retry a mutation that was partly executed', async () => {
      const { client, network, person, session } = await start()
      const { data, error } = await client.mutate(MailAndProfile, { email: person.email })
      expect(data).toMatchObject({
        requestPasswordReset: { email: person.email },
        updateProfile: null,
      })
      expect(JSON.stringify(error)).toContain('access token')
      expect(network.countSent('MailAndProfile')).toBe(1)
      expect(await listMailTo(app, person.email)).toHaveLength(2) // one to verify the address
      expect(session.state().status).toBe('signed-in')
    })

    it('retries a mutation that was not executed at all', async () => {
      const { client, network } = await start()
      const { data, error } = await client.mutate(UpdateProfileDocument, { input: { name: 'Ada' } })
      expect(error).toBeUndefined()
      expect(data?.updateProfile).toMatchObject({ __typename: 'User', name: 'Ada' })
      expect(network.countSent('UpdateProfile')).toBe(2)
    })

    it('executes public operations on the first try', async () => {
      const { client, network, person } = await start()
      const input = { email: person.email, password: wrongPassword }
      const { data } = await client.mutate(LoginDocument, { input })
      expect(data?.login).toMatchObject({ code: 'INVALID_CREDENTIALS' })
      expect(network.sent.map(({ operation }) => operation)).toEqual(['Login'])
    })

    it('sends the same variables again', async () => {
      const { client, network, person } = await start()
      await createSessionFixture(app).signInAgain(person)
      const { data } = await client.query(MySessionsDocument, { first: 1 })
      expect(data?.me?.sessions?.nodes).toHaveLength(1)
      expect(data?.me?.sessions?.totalCount).toBe(2)
      const [first, , second] = network.sent
      expect([first?.operation, second?.operation]).toEqual(['MySessions', 'MySessions'])
      expect(first?.authorization).not.toBe(second?.authorization)
    })
  },
)

describe.each(Object.entries(clients))('%s with a service of another kind', (_, create) => {
  it('does not retry a mutation whose executed part returns null', async () => {
    const refused = unauthenticatedResponse('TOKEN_EXPIRED').body as {
      errors: { path: string[] }[]
    }
    const errors = refused.errors.map((error) => ({ ...error, path: ['tell'] }))
    const service = await startStubService(() => ({
      body: { data: { pay: null, tell: null }, errors },
    }))
    const fixture = createSessionFixture(app)
    await fixture.register()
    const { mutate } = create(fixture.session, service.url, fixture.network.fetch)
    expect((await mutate(PayAndTell, {})).error).toBeTruthy()
    expect(service.asked).toHaveLength(1)
    service.close()
  })
})
