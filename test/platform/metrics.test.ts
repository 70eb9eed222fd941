import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { LoginDocument, RegisterDocument } from '@latchkey/client/operations'
import { startApp, testSecret } from '../support/app/app.js'
import { killChild } from '../support/processes/child.js'
import {
  call,
  getAuthError,
  goodPassword,
  me,
  newEmail,
  registerPerson,
} from '../support/app/client.js'
import { runProgram } from '../support/processes/command-line.js'
import {
  createPersistentDatabase,
  createTemporaryFolder,
} from '../support/database/persistent-database.js'
import { hasRedis, startRedis } from '../support/processes/redis-server.js'
import {
  databaseSettings,
  freePort,
  startServerProcess,
} from '../support/processes/server-process.js'

// This file starts processes, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 })

/** The value of a metric with these labels. Undefined if absent. */
function valueIn(text: string, name: string) {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length))
}

/** The real application, in this process. The test reads its metrics from the source that /metrics uses. */
async function startAppWithMetrics(env: Record<string, string>) {
  const app = await startApp({ env: { METRICS_PORT: '1', ...env } })
  onTestFinished(app.close)
  const metrics = async () => (await app.app.services.metrics.registry?.metrics()) ?? ''
  const read = async (name: string) => valueIn(await metrics(), name)
  return { ...app, metrics, read }
}

const login = async (server: { url: string }, email: string, password = 'not the right one') => {
  const { data, errors } = await call(server, LoginDocument, { input: { email, password } })
  return data?.login ? getAuthError(data.login).code : errors[0]?.extensions['code']
}

it('are served alone on a separate port, even while passwords wait', async () => {
  const port = await freePort()
  const metricsUrl = `http://127.0.0.1:${port}`
  const server = await startServerProcess({
    ...databaseSettings(await createPersistentDatabase()),
    AUTH_SECRET: testSecret,
    METRICS_PORT: String(port),
    ARGON2_CONCURRENCY: '1',
    ARGON2_ITERATIONS: '8',
  })
  onTestFinished(() => killChild(server.child))
  const read = async (name: string) =>
    valueIn(await (await fetch(`${metricsUrl}/metrics`)).text(), name)

  const answer = await fetch(`${metricsUrl}/metrics`)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const lines = (await answer.text()).trimEnd().split('\n')
  const linePattern =
    /^(# (HELP|TYPE) \w+ .+|[a-z_]\w*(\{\w+="[^"]*"(,\w+="[^"]*")*\})? (\S+|Nan))$/
  expect(lines.filter((line) => line && !linePattern.test(line))).toEqual([])
  expect(lines).toContainEqual(expect.stringMatching(/^process_cpu_seconds_total /))
  expect(lines).toContainEqual(expect.stringMatching(/^nodejs_eventloop_lag_seconds /))

  for (const path of ['/', '/metrics/', '/graphql', '/healthz', '/readyz', '/..', '//metrics']) {
    const other = await fetch(`${metricsUrl}${path}`)
    expect([path, other.status, await other.text()]).toEqual([path, 404, ''])
  }
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404)

  expect(await read('latchkey_hashing_waiting')).toBe(0)
  const logins = Promise.all(Array.from({ length: 10 }, () => login(server, newEmail())))
  const waiting = () => read('latchkey_hashing_waiting')
  await expect.poll(waiting, { interval: 5, timeout: 5_000 }).toBeGreaterThan(4)
  await logins
  expect(await waiting()).toBe(0)
  expect(await read('latchkey_password_hashes_total')).toBe(10)
})

it('count hashes and refusals, and contain no personal data', async () => {
  const server = await startAppWithMetrics({ RATE_LIMIT_FACTOR: '1' })
  const refusedBy = (action: string, per: string) =>
    server.read(`latchkey_attempts_refused_total{action="${action}",per="${per}"}`)
  expect(await server.read('latchkey_password_hashes_total')).toBe(0)
  expect(await server.read('latchkey_guesses_refused_total')).toBe(0)
  const person = await registerPerson(server)
  expect((await me(server, person.accessToken)).data?.me?.id).toBe(person.id)
  expect(await server.read('latchkey_password_hashes_total')).toBe(1)

  // Too long to be a password, so it is not hashed.
  expect(await login(server, person.email, 'x'.repeat(300))).toBe('INVALID_CREDENTIALS')
  expect(await server.read('latchkey_password_hashes_total')).toBe(1)

  // Guesses at one account until the lockout delays them. Each attempt that is checked costs a hash.
  const unknownEmail = newEmail()
  const guesses = [await login(server, unknownEmail)]
  while (guesses.at(-1) !== 'RATE_LIMITED' && guesses.length < 18) {
    guesses.push(await login(server, unknownEmail))
  }
  expect(guesses.at(-1)).toBe('RATE_LIMITED')
  expect(await server.read('latchkey_guesses_refused_total')).toBe(1)
  expect(await server.read('latchkey_password_hashes_total')).toBe(guesses.length)
  expect(await refusedBy('login', 'network')).toBeUndefined()

  // Guesses at other accounts until this address has used its budget of twenty.
  const elsewhere: unknown[] = []
  for (let left = 22 - 1 - guesses.length; left > 0; left -= 1) {
    elsewhere.push(await login(server, newEmail()))
  }
  const refused = elsewhere.filter((code) => code === 'RATE_LIMITED')
  expect(refused).toHaveLength(2)
  expect(await refusedBy('login', 'network')).toBe(2)
  expect(await server.read('latchkey_guesses_refused_total')).toBe(1)

  const input = { email: newEmail(), password: goodPassword }
  for (let i = 0; i < 11; i += 1) await call(server, RegisterDocument, { input })
  expect(await refusedBy('register', 'account')).toBe(1)
  expect(await refusedBy('register', 'network')).toBeUndefined()
  const evaluatedCount = guesses.length + elsewhere.length - refused.length
  expect(await server.read('latchkey_password_hashes_total')).toBe(evaluatedCount + 10)

  const text = await server.metrics()
  const { id, sessionId, accessToken, refreshToken, email } = person
  for (const secret of [id, sessionId, accessToken, refreshToken, email, unknownEmail]) {
    expect(text).not.toContain(secret)
  }
  expect(text).not.toMatch(/example\.com|127\.0\.0\.1|person\d|[\w-]{40,}\.[\w-]+|[0-9a-f]{8}-/)
})

it.skipIf(!hasRedis)('report whether Redis counts', async () => {
  const limits = { RATE_LIMIT_FACTOR: '1' }
  const appWithoutRedis = await startAppWithMetrics(limits)
  expect(await appWithoutRedis.read('latchkey_redis_up')).toBeUndefined()
  const redis = await startRedis()
  onTestFinished(redis.close)
  const server = await startAppWithMetrics({ ...limits, REDIS_URL: redis.url })
  expect(await server.read('latchkey_redis_up')).toBe(1)
  await redis.kill()
  await expect.poll(() => server.read('latchkey_redis_up'), { timeout: 10_000 }).toBe(0)
  await redis.restart()
  await expect.poll(() => server.read('latchkey_redis_up'), { timeout: 20_000 }).toBe(1)
})

it('are off if no port is set', async () => {
  const app = await startApp()
  onTestFinished(app.close)
  await registerPerson(app)
  expect(app.app.services.metrics.registry).toBeNull()
  expect((await fetch(`${app.url}/metrics`)).status).toBe(404)
})

it('a METRICS_PORT in use stops the start with a one-sentence error', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => {
    other.close()
  })
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const env = { DATA_DIR: createTemporaryFolder(), PORT: String(await freePort()) }
  const { code, err } = await runProgram('main', { ...env, METRICS_PORT: String(port) })
  expect(err).toBe(`127.0.0.1:${port} is in use: set METRICS_PORT.\n`)
  expect(code).toBe(1)
})
