// Twice as many sign-ins as the cores can hash, for half a minute: whoever is signed in notices little, the memory
// stays bounded, and whoever is refused is told so at once, with the time to come back. Measured against the same
// process without the flood, because machines differ.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import { testSecret } from '../support/app/test-secret.js'
import {
  call,
  me,
  registerPerson,
  signIn,
  type Person,
  type Server,
} from '../support/app/client.js'
import { createPersistentDatabase } from '../support/database/persistent-database.js'
import { databaseSettings, startServerProcess } from '../support/processes/server-process.js'
import { median, quantile } from '../support/app/statistics.js'

const secondMs = 1_000
const megabyte = 2 ** 20
const rounds = 3
const concurrentAskers = 4

/** How long each of some signed-in people waited for `me`, milliseconds. */
async function measureMe(server: Server, person: Person, durationMs: number) {
  const timesMs: number[] = []
  const end = performance.now() + durationMs
  const ask = async () => {
    while (performance.now() < end) {
      const start = performance.now()
      const { data } = await me(server, person.accessToken)
      timesMs.push(performance.now() - start)
      expect(data?.me?.id).toBe(person.id)
      await sleep(5)
    }
  }
  await Promise.all(Array.from({ length: concurrentAskers }, ask))
  return timesMs
}

interface Attempt {
  readonly code: string
  readonly retryAfter: unknown
  readonly waitMs: number
}

async function attempt(server: Server, email: string): Promise<Attempt> {
  const start = performance.now()
  const input = { email, password: 'a wrong password' }
  const { data, errors } = await call(server, LoginDocument, { input })
  const waitMs = performance.now() - start
  const { code, retryAfter } = errors[0]?.extensions ?? {}
  const outcome = data?.login?.__typename === 'AuthError' ? data.login.code : String(code)
  return { code: outcome, retryAfter, waitMs }
}

/** Sign-ins per second when each waits for the one before. */
async function measureCapacity(server: Server) {
  const durationMs = 3 * secondMs
  const end = performance.now() + durationMs
  let done = 0
  const work = async (_: unknown, i: number) => {
    while (performance.now() < end) {
      await attempt(server, `capacity${i}@example.com`)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: 4 }, work))
  return (done / durationMs) * secondMs
}

/** Begins so many sign-ins a second, however long they take, until it is stopped. */
function startFlood(server: Server, perSecond: number) {
  const attempts: Promise<Attempt>[] = []
  const start = performance.now()
  const timer = setInterval(() => {
    const dueAttempts = ((performance.now() - start) / secondMs) * perSecond
    while (attempts.length < dueAttempts) {
      attempts.push(attempt(server, `flood${attempts.length % 100}@example.com`))
    }
  }, 10)
  return async () => {
    clearInterval(timer)
    return Promise.all(attempts)
  }
}

/** Resident memory of the process and its children, bytes. */
function memoryBytesOf(pid: number): number {
  const field = (id: number | string, name: string) =>
    Number(
      new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1],
    )
  const processIds = readdirSync('/proc').filter(
    (id) => /^\d+$/.test(id) && (Number(id) === pid || field(id, 'PPid') === pid),
  )
  return processIds.reduce((sum, id) => sum + field(id, 'VmRSS') * 1_024, 0)
}

it.runIf(process.platform === 'linux')(
  'a two-fold overload of sign-ins for half a minute hardly slows down `me`',
  { timeout: 120 * secondMs },
  async () => {
    const settings = databaseSettings(await createPersistentDatabase())
    const server = await startServerProcess({
      ...settings,
      AUTH_SECRET: testSecret,
      LOG_LEVEL: 'warn',
    })
    try {
      const person = await registerPerson(server)
      const perSecond = await measureCapacity(server) // this warms up, too
      await measureMe(server, person, 2 * secondMs)
      const baseMemoryBytes = memoryBytesOf(Number(server.child.pid))

      const ratios: number[] = []
      const attempts: Attempt[] = []
      let maxMemoryBytes = baseMemoryBytes
      for (let round = 0; round < rounds; round += 1) {
        const calmTimesMs = await measureMe(server, person, 4 * secondMs)
        const stop = startFlood(server, 2 * perSecond)
        const busyTimesMs = await measureMe(server, person, 10 * secondMs)
        maxMemoryBytes = Math.max(maxMemoryBytes, memoryBytesOf(Number(server.child.pid)))
        attempts.push(...(await stop()))
        ratios.push(quantile(busyTimesMs, 0.99) / quantile(calmTimesMs, 0.99))
      }

      const refused = attempts.filter(({ code }) => code !== 'INVALID_CREDENTIALS')
      const growthMb = (maxMemoryBytes - baseMemoryBytes) / megabyte
      console.info(
        `${Math.round(perSecond)} sign-ins/s, ${attempts.length} begun, ${refused.length} refused within ` +
          `${median(refused.map(({ waitMs }) => waitMs)).toFixed(1)} ms; me p99 × ` +
          `${ratios.map((ratio) => ratio.toFixed(1)).join(', ')}; memory +${growthMb.toFixed(0)} MB`,
      )
      expect(median(ratios)).toBeLessThanOrEqual(3)
      expect(growthMb).toBeLessThan(150)
      expect(refused.length).toBeGreaterThan(attempts.length / 4)
      for (const { code, retryAfter } of refused) {
        expect(code).toMatch(/^(SERVICE_BUSY|RATE_LIMITED)$/)
        expect(retryAfter).toBeGreaterThanOrEqual(1)
      }
      expect((await signIn(server, person)).id).toBe(person.id)
      expect(server.child.exitCode).toBeNull()
    } finally {
      server.child.kill('SIGKILL')
    }
  },
)
