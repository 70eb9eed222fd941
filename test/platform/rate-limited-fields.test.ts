import { afterAll, describe, expect, it } from 'vitest'
import { LogoutDocument } from '@latchkey/client/operations'
import { call, registerPerson, signIn } from '../support/app/client.js'
import {
  forwardedFor,
  newIp,
  startRateLimitedApp,
  tally,
  tryLogin,
  wrongPassword,
} from '../support/app/rate-limits.js'

const app = await startRateLimitedApp()
afterAll(app.close)

describe('an operation with several limited fields', () => {
  const revokeAll = `mutation ($id: ID!) { ${Array.from({ length: 19 }, (_, i) => `r${i}: revokeSession(input: { sessionId: $id }) { __typename }`).join(' ')} logout(input: {}) { sessionId } }`
  type Revoked = Record<string, { __typename: string } | null> & {
    logout: { sessionId: string | null }
  }

  it('reports the tightest limit, and counts each field', async () => {
    const person = await registerPerson(app)
    const other = await signIn(app, person)
    const answer = await call<Revoked, unknown>(
      app,
      revokeAll,
      { id: other.sessionId },
      { token: person.accessToken, headers: forwardedFor(newIp()) },
    )
    expect(answer.errors).toEqual([])
    expect(answer.headers.get('ratelimit-policy')).toBe('60;w=60')
    expect(answer.headers.get('ratelimit-remaining')).toBe('41')
    expect(answer.data?.logout.sessionId).toBe(person.sessionId)
  })

  it('answers all other fields if one is refused', async () => {
    const person = await registerPerson(app)
    const other = await signIn(app, person)
    const revoke = revokeAll.replace(' logout(input: {}) { sessionId }', '')
    const options = { token: person.accessToken }
    for (let i = 0; i < 3; i += 1) await call(app, revoke, { id: other.sessionId }, options)

    // 57 of 60 attempts are used.
    const { status, data, errors } = await call<Revoked, unknown>(
      app,
      revokeAll,
      { id: other.sessionId },
      options,
    )
    expect(status).toBe(200)
    const { logout, ...revoked } = data ?? {}
    expect(tally(Object.values(revoked).map((one) => String(one && 'done')))).toEqual({
      done: 3,
      null: 16,
    })
    expect(errors.map(({ path }) => path?.[0])).toEqual(Object.keys(revoked).slice(3))
    for (const { extensions } of errors) {
      expect(extensions).toEqual({ code: 'RATE_LIMITED', retryAfter: 60 })
    }
    expect(logout).toEqual({ sessionId: person.sessionId })
  })
})

it('the log has the refusal, but not the typed e-mail address', async () => {
  const ip = newIp()
  const logged = app.logLines.length
  const email = 'somebody.in.particular@example.com'
  for (let i = 0; i < 21; i += 1) await tryLogin(app, { email, ip })
  await call(app, LogoutDocument, { input: {} }, { headers: forwardedFor(ip) })
  const lines = app.logLines.slice(logged)
  expect(lines.filter((line) => line.includes('"errors":["RATE_LIMITED"]'))).toHaveLength(16)
  expect(lines.join('')).not.toMatch(/somebody|particular/)
  expect(lines.join('')).not.toContain(wrongPassword)
})
