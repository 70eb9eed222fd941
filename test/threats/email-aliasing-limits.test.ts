// Limits that count guesses and registrations by typed text grant a separate budget to each spelling. An address has as
// many spellings as its domain has mappings (OWASP "Testing for Weak Lock Out Mechanism"; UTS #46). Here all spellings
// of an address share one budget, whether or not it has an account.
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { LoginDocument, RegisterDocument } from '@latchkey/client/operations'
import { equivalentSpellings } from '../support/hostile/email-spellings.js'
import { startApp, type TestApp } from '../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  registerPerson,
  getAuthPayload,
} from '../support/app/client.js'
import { trackChanges } from '../support/database/track-changes.js'

const spellings = equivalentSpellings['bea@xn--bcher-kva.example'] ?? []
const spellingAt = (i: number) => spellings[i % spellings.length] ?? ''

const registerAs = (email: string, server: TestApp) =>
  call(server, RegisterDocument, { input: { email, password: goodPassword } })

const loginAs = (email: string, password: string, server: TestApp) =>
  call(server, LoginDocument, { input: { email, password } })

const refusal = ({ errors }: Awaited<ReturnType<typeof loginAs>>) => errors[0]?.extensions['code']

async function startLimitedServer() {
  const server = await startApp({ env: { RATE_LIMIT_FACTOR: '1' } })
  onTestFinished(server.close)
  return server
}

describe('all spellings share', () => {
  test.each([
    ['of an account', true],
    ['without an account', false],
  ])('the wait after wrong guesses: at the address %s', async (_, exists) => {
    const server = await startLimitedServer()
    const login = (i: number, password: string) => loginAs(spellingAt(i), password, server)
    if (exists) getAuthPayload((await registerAs(spellingAt(0), server)).data?.register)
    for (let i = 0; i < 10; i += 1) {
      server.clock.advance('16m') // longer than any wait: this guess is evaluated
      expect(getAuthError((await login(i, 'not it')).data?.login).code).toBe('INVALID_CREDENTIALS')
    }
    // After ten failures, the next guess is refused for 32 s.
    const { result, touched } = await trackChanges(server, () =>
      Promise.all(spellings.map((_spelling, i) => login(i, goodPassword))),
    )
    expect(result.map(refusal)).toEqual(spellings.map(() => 'RATE_LIMITED'))
    expect(touched).toEqual([])

    server.clock.advance('33s')
    const { data } = await login(3, goodPassword)
    expect(data?.login?.__typename).toBe(exists ? 'AuthPayload' : 'AuthError')
    const again = await login(4, 'not it')
    expect(again.data?.login?.__typename).toBe(exists ? 'AuthError' : undefined)
  })

  it('the budget of registrations', async () => {
    const server = await startLimitedServer()
    getAuthPayload((await registerAs(spellingAt(0), server)).data?.register)
    for (let i = 1; i < 10; i += 1) {
      const { data } = await registerAs(spellingAt(i), server)
      expect(getAuthError(data?.register).code).toBe('EMAIL_TAKEN')
    }
    server.clock.advance('2m') // the client's own budget per minute starts again
    const { result, touched } = await trackChanges(server, () =>
      Promise.all(spellings.map((email) => registerAs(email, server))),
    )
    for (const { errors, data } of result) {
      expect(data?.register).toBeNull()
      expect(errors[0]?.extensions['code']).toBe('RATE_LIMITED')
    }
    expect(touched).toEqual([])
    await registerPerson(server) // other clients do not wait
  })
})
