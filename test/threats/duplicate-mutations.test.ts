// A client that retries a partly executed mutation executes it twice: a double payment. An attacker who can make a
// service refuse part of an operation must not cause that.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { parse } from 'graphql'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createSessionFetch, type Session } from '@latchkey/client'
import { startStubService, type StubResponse } from '../support/processes/stub-service.js'
import { startApp } from '../support/app/app.js'
import { clients } from '../support/clients/graphql-request-application.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'

const app = await startApp()
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})
afterAll(app.close)

const refusal = (...path: string[]) => ({
  message: 'A valid access token is needed.',
  ...(path.length > 0 && { path }),
  extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' },
})
const forbidden = { message: 'No.', path: ['tell'], extensions: { code: 'FORBIDDEN' } }

/** Part of it was executed, or may have been. */
const partlyDone: Record<string, StubResponse> = {
  'one field executed, the other refused': {
    body: { data: { pay: 'paid', tell: null }, errors: [refusal('tell')] },
  },
  'one field null without an error': {
    body: { data: { pay: null, tell: null }, errors: [refusal('tell')] },
  },
  'refused below a field, which is null': {
    body: { data: { pay: null }, errors: [refusal('pay', 'receipt')] },
  },
  'all data null for a refused non-null field': {
    body: { data: null, errors: [refusal('tell')] },
  },
  'an error status, and one field executed': {
    status: 401,
    body: { data: { pay: 'paid', tell: null }, errors: [forbidden] },
  },
  'an error status, and a failed field': { status: 403, body: { errors: [forbidden] } },
}

/** Responses after which no field of the operation was executed. */
const notDone: Record<string, StubResponse> = {
  'every field refused': {
    body: { data: { pay: null, tell: null }, errors: [refusal('pay'), refusal('tell')] },
  },
  'refused before a field ran': { body: { errors: [refusal()] } },
  'an error status alone': { status: 401, body: { errors: [{ message: 'Unauthenticated' }] } },
}

async function startPaymentService(stubResponse: StubResponse) {
  const service = await startStubService(() => stubResponse)
  closers.push(service.close)
  const { session, register } = createSessionFixture(app)
  await register()
  return { service, session }
}

const sessionFetchTo = ({ url }: { url: string }, session: Session) =>
  createSessionFetch(session, { origins: [url] })

const Pay = parse('mutation Pay { pay tell }') as TypedDocumentNode<object, object>

describe.each(Object.entries(clients))('%s', (_, create) => {
  it.each(Object.entries(partlyDone))('is not retried: %s', async (_name, stubResponse) => {
    const { service, session } = await startPaymentService(stubResponse)
    await create(session, service.url, fetch).mutate(Pay, {})
    expect(service.asked).toHaveLength(1)
  })

  it.each(Object.entries(notDone))('is retried once: %s', async (_name, stubResponse) => {
    const { service, session } = await startPaymentService(stubResponse)
    await create(session, service.url, fetch).mutate(Pay, {})
    expect(service.asked).toHaveLength(2)
  })
})

describe('the fetch of a session distinguishes a mutation', () => {
  const json = (body: object) => ({ body: JSON.stringify(body) })
  const pay = 'mutation Pay { pay tell }'
  const bodies: Record<string, RequestInit> = {
    'after a line break': json({ query: `\n${pay}` }),
    'after a tab and a comment': json({ query: `\t# pays\n\t${pay}` }),
    'after a fragment': json({ query: `fragment F on Mutation { pay } ${pay}` }),
    'sent only by its hash': json({ extensions: { persistedQuery: { sha256Hash: 'f' } } }),
    'in a binary body': { body: new TextEncoder().encode(JSON.stringify({ query: pay })) },
    'in a batch': json([{ query: pay }]),
  }
  it.each(Object.entries(bodies))('%s', async (_, init) => {
    const { service, session } = await startPaymentService(
      partlyDone['one field executed, the other refused'] as StubResponse,
    )
    await sessionFetchTo(service, session)(service.url, { method: 'POST', ...init })
    expect(service.asked).toHaveLength(1)
  })

  it('from a query, which it retries', async () => {
    const { service, session } = await startPaymentService({
      body: { data: { me: null, open: 1 }, errors: [refusal('me')] },
    })
    const send = sessionFetchTo(service, session)
    await send(service.url, { method: 'POST', ...json({ query: '{ me }' }) })
    expect(service.asked).toHaveLength(2)
    app.clock.advance('1m')
    await send(`${service.url}?query={me}`)
    expect(service.asked).toHaveLength(4)
  })
})
