// Every sign-in costs a core some 25 ms and 19 MiB by intention, so a few hundred at once can starve everybody
// who is signed in, or fill the memory (CWE-400, OWASP Authentication Cheat Sheet). A bounded number waits, the
// rest is told at once to come back, and whoever asks for anything else hardly notices.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, me, registerPerson, signIn } from '../support/app/client.js'
import { assembleJwt, decodeJwt, readSigningKey, rs256 } from '../support/app/jwt.js'
import { median } from '../support/app/statistics.js'

const app = await startApp()
afterAll(app.close)

const attempts = 400
const megabyte = 2 ** 20

it('a flood of sign-ins leaves the service standing', { timeout: 60_000 }, async () => {
  const person = await registerPerson(app)
  const input = { email: person.email, password: 'a wrong password' }
  await Promise.all(Array.from({ length: 20 }, () => me(app, person.accessToken))) // warm
  // A token that was never seen before needs a thread of the pool for its signature.
  const { header, claims } = decodeJwt(person.accessToken)
  const signature = rs256((await readSigningKey(app)).privateKey)
  const fresh = () => assembleJwt(header, { ...claims, jti: randomUUID() }, signature)
  const events = await app.db.auditEvent.count()
  const baseMemoryBytes = process.memoryUsage.rss()

  const floodEnded = new AbortController()
  const startMs = performance.now()
  const flood = Promise.all(
    Array.from({ length: attempts }, async () => {
      const { status, headers, errors, data } = await call(app, LoginDocument, { input })
      const waitMs = performance.now() - startMs
      return {
        status,
        wait: waitMs,
        retryAfterHeader: headers.get('retry-after'),
        error: errors[0],
        data,
      }
    }),
  ).finally(() => {
    floodEnded.abort()
  })

  const timesMs: number[] = []
  let maxMemoryBytes = baseMemoryBytes
  while (!floodEnded.signal.aborted) {
    const askedAtMs = performance.now()
    const [{ data }, health, ready] = await Promise.all([
      me(app, fresh()),
      fetch(`${app.url}/healthz`),
      fetch(`${app.url}/readyz`),
    ])
    timesMs.push(performance.now() - askedAtMs)
    expect([data?.me?.id, health.status, ready.status]).toEqual([person.id, 200, 200])
    maxMemoryBytes = Math.max(maxMemoryBytes, process.memoryUsage.rss())
    await sleep(20)
  }

  const answers = await flood
  const refused = answers.filter(({ error }) => error)
  const served = answers.filter(({ data }) => data?.login?.__typename === 'AuthError')
  expect(refused.length + served.length).toBe(attempts)
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))

  expect(refused.length).toBeGreaterThan(50)
  for (const { error, retryAfterHeader } of refused) {
    const { code, retryAfter } = error?.extensions ?? {}
    expect(code).toBe('SERVICE_BUSY')
    expect(retryAfter).toBeGreaterThanOrEqual(1)
    expect(retryAfterHeader).toBe(String(retryAfter))
  }
  // Told while the others still wait, not after them.
  const slowest = Math.max(...served.map(({ wait }) => wait))
  expect(median(refused.map(({ wait }) => wait))).toBeLessThan(slowest / 2)

  expect(timesMs.length).toBeGreaterThan(5)
  expect(median(timesMs)).toBeLessThan(500)
  // Not even in the moment in which they all arrive; test/soak/login-overload.test.ts measures the rest of it.
  expect(Math.max(...timesMs)).toBeLessThan(slowest)
  expect((maxMemoryBytes - baseMemoryBytes) / megabyte).toBeLessThan(200)

  // Every password that was tried is recorded, and the gate is open again.
  expect(await app.db.auditEvent.count()).toBe(events + served.length)
  expect((await signIn(app, person)).id).toBe(person.id)
})
