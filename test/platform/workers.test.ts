// WORKERS=2: the real program on PostgreSQL and Redis, in three processes.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { RevokeOtherSessionsDocument } from '@latchkey/client/operations'
import { killChild } from '../support/processes/child.js'
import {
  call,
  me,
  newEmail,
  refresh,
  registerPerson,
  signIn,
  getAuthPayload,
} from '../support/app/client.js'
import { runProgram } from '../support/processes/command-line.js'
import {
  createPostgresDatabase,
  usesPostgres,
  openRawClient,
} from '../support/database/database.js'
import { newIp, tally } from '../support/app/rate-limits.js'
import { hasRedis, startRedis, type RedisServer } from '../support/processes/redis-server.js'
import { testSecret } from '../support/app/test-secret.js'
import { tryConcurrently } from '../support/app/concurrent-logins.js'
import {
  newConnectionHeaders,
  askBothWorkers,
  isRunning,
  readMetric,
  pollOptions,
  startService,
  findWorker,
  type Service,
} from '../support/processes/multi-process-service.js'

// This file starts processes, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

describe.skipIf(!usesPostgres || !hasRedis)('WORKERS=2', () => {
  let redis: RedisServer
  let database: Awaited<ReturnType<typeof createPostgresDatabase>>
  let service: Service
  const settings = () => ({
    DATABASE_URL: database.target.url,
    REDIS_URL: redis.url,
    AUTH_SECRET: testSecret,
  })
  const query = async (sql: string) => {
    const client = await openRawClient(database.target)
    const { rows } = await client.query<Record<string, unknown>>(sql)
    await client.end()
    return rows
  }

  beforeAll(async () => {
    redis = await startRedis()
    database = await createPostgresDatabase() // without a table
    service = await startService(settings())
  })
  afterAll(async () => {
    await killChild(service.child)
    await database.drop()
    await redis.close()
  })

  it('migrates once, makes one set of keys, and logs once that it is ready', async () => {
    expect(service.output().split('Latchkey is ready.')).toHaveLength(2)
    expect(
      service
        .readyWorkers()
        .map(({ worker }) => worker)
        .toSorted(),
    ).toEqual([1, 2])
    const applied = service.lines().filter(({ msg }) => msg === 'migration applied')
    expect(applied.length).toBeGreaterThan(2)
    expect(new Set(applied.map(({ worker }) => worker))).toEqual(new Set([undefined]))
    expect(await query('SELECT 1 FROM _prisma_migrations')).toHaveLength(applied.length)
    const keys = await query('SELECT status::text FROM signing_keys ORDER BY 1')
    expect(keys).toEqual([{ status: 'CURRENT' }, { status: 'NEXT' }])
  })

  it('serves with both workers: a user registered at one is known to the other', async () => {
    const person = await registerPerson(service)
    for (const { data } of await askBothWorkers(service, () =>
      me(service, person.accessToken, newConnection),
    )) {
      expect(data?.me?.id).toBe(person.id)
    }
  })

  it('returns one successor to 64 concurrent refreshes with one token', async () => {
    const { refreshToken } = await registerPerson(service)
    const refreshes = Array.from({ length: 64 }, () =>
      refresh(service, refreshToken, newConnection),
    )
    const successors = (await Promise.all(refreshes)).map(
      (result) => getAuthPayload(result).refreshToken,
    )
    expect(new Set(successors).size).toBe(1)
    const refreshed = service
      .lines()
      .slice(-64)
      .map(({ worker }) => worker)
    expect(new Set(refreshed)).toEqual(new Set([1, 2]))
  })

  it('refuses an ended session at once at both workers', async () => {
    const person = await registerPerson(service)
    for (let round = 0; round < 2; round += 1) {
      const other = await signIn(service, person)
      await askBothWorkers(service, () => me(service, other.accessToken, newConnection))
      const token = person.accessToken
      await call(service, RevokeOtherSessionsDocument, {}, { token, ...newConnection })
      for (const { errors } of await askBothWorkers(service, () =>
        me(service, other.accessToken, newConnection),
      )) {
        expect(errors[0]?.extensions['reason']).toBe('SESSION_ENDED')
      }
    }
  })

  it('counts attempts in common: twenty sign-ins per minute per address, not forty', async () => {
    const hashed = (await readMetric(service, 'latchkey_password_hashes_total')) ?? NaN
    const ip = newIp()
    const loginAttempts = Array.from({ length: 40 }, () => ({
      server: service,
      email: newEmail(),
      ip,
    }))
    const answers = await tryConcurrently(loginAttempts)
    expect(tally(answers.map(({ outcome }) => outcome.split(' ')[0] ?? ''))).toEqual({
      INVALID_CREDENTIALS: 20,
      RATE_LIMITED: 20,
    })
    const workers = await Promise.all(
      answers.map(({ headers }) => findWorker(service, { headers } as never)),
    )
    expect(new Set(workers)).toEqual(new Set([1, 2]))

    const refused = 'latchkey_attempts_refused_total{action="login",per="network"}'
    expect(await readMetric(service, refused)).toBe(20)
    expect(await readMetric(service, 'latchkey_password_hashes_total')).toBe(hashed + 20)
    expect(await readMetric(service, 'latchkey_redis_up')).toBe(1)
    expect(await readMetric(service, 'process_start_time_seconds')).toBeGreaterThan(1.7e9)
    expect(await readMetric(service, 'process_resident_memory_bytes')).toBeGreaterThan(1e8)
  })

  it('sends mail from the first worker only, and continues after that is killed', async () => {
    const register = () => registerPerson(service)
    const sent = () => service.lines().filter(({ msg }) => msg.startsWith('e-mail written'))
    await Promise.all([register(), register(), register(), register()])
    await expect.poll(() => sent().length, pollOptions).toBeGreaterThan(3)
    expect(new Set(sent().map(({ worker }) => worker))).toEqual(new Set([1]))

    const hashed = (await readMetric(service, 'latchkey_password_hashes_total')) ?? NaN
    const person = await register()
    const first = service.readyWorkers().find(({ worker }) => worker === 1)?.pid ?? 0
    process.kill(first, 'SIGKILL')
    await expect.poll(() => service.lines().at(-1)?.msg, pollOptions).toMatch(/a worker is gone/)
    while (service.readyWorkers().length < 3) {
      expect((await me(service, person.accessToken, newConnection)).data?.me?.id).toBe(person.id)
    }
    expect(service.readyWorkers().at(-1)).toMatchObject({ worker: 1 })
    await askBothWorkers(service, () => me(service, person.accessToken, newConnection))
    expect(service.output().split('Latchkey is ready.')).toHaveLength(2)
    // The count that the killed worker had last reported.
    expect(await readMetric(service, 'latchkey_password_hashes_total')).toBeGreaterThanOrEqual(
      hashed,
    )

    const earlier = sent().length
    await register()
    await expect.poll(() => sent().length, pollOptions).toBeGreaterThan(earlier)
    expect(sent().at(-1)?.worker).toBe(1)
  })

  it('finishes requests in flight on SIGTERM, exits with 0, and leaves no process behind', async () => {
    const logins = startLogins(service)
    await Promise.race(logins)
    const exited = once(service.child, 'exit')
    const start = performance.now()
    service.child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(performance.now() - start).toBeLessThan(9_500)
    expect(await Promise.all(logins)).toEqual(logins.map(() => 'INVALID_CREDENTIALS'))
    expect(service.readyWorkers().filter(({ pid }) => isRunning(pid))).toEqual([])
  })

  it('stops in order when the primary process is killed: no worker is left, and the port is free', async () => {
    const next = await startService(settings())
    onTestFinished(() => killChild(next.child))
    const logins = startLogins(next)
    await Promise.race(logins)
    await killChild(next.child)
    expect(await Promise.all(logins)).toEqual(logins.map(() => 'INVALID_CREDENTIALS'))
    const left = () => next.readyWorkers().filter(({ pid }) => isRunning(pid))
    await expect.poll(left, pollOptions).toEqual([])
    const other = createServer().listen(Number(new URL(next.url).port), '127.0.0.1')
    await once(other, 'listening')
    other.close()
  })

  it('that cannot start reports the reason once, and exits with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const PORT = String((other.address() as AddressInfo).port)
    const ended = await runProgram('main', { ...settings(), WORKERS: '2', PORT })
    expect(ended).toMatchObject({ code: 1, err: `127.0.0.1:${PORT} is in use: set PORT.\n` })
  })
})

const newConnection = { headers: newConnectionHeaders }

/** Sign-ins over separate connections, more than can be hashed at once. */
function startLogins(service: Service) {
  const attempts = Array.from({ length: 12 }, () => ({
    server: service,
    email: newEmail(),
    ip: newIp(),
  }))
  return attempts.map(async (attempt) => (await tryConcurrently([attempt]))[0]?.outcome)
}
