import { expect } from 'vitest'
import { LoginDocument, RegisterDocument, type LoginMutation } from '@latchkey/client/operations'
import { startApp, type TestApp, type TestAppOptions } from './app.js'
import { call, goodPassword, newEmail, getAuthPayload, type Answer, type Server } from './client.js'
import { TestClock } from './clock.js'
import { hasRedis, startRedis } from '../processes/redis-server.js'

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Stands still until it is moved, so that reported limits are exact on a slow machine too. */
export class FrozenClock extends TestClock {
  #now = super.now()

  override now() {
    return this.#now
  }

  override advance(duration: Parameters<TestClock['advance']>[0]) {
    const [, amount, unit] = /^(\d+)(\D+)$/.exec(duration) ?? []
    this.#now = new Date(this.#now.getTime() + Number(amount) * unitMs[unit as keyof typeof unitMs])
  }
}

/** The default rate limit budgets. */
const limitedEnv = { RATE_LIMIT_FACTOR: '1', METRICS_PORT: '9464' }

/**
 * An app with the default limits and a frozen clock. It trusts one proxy, so the header of `forwardedFor` sets the
 * address of the client. It counts in its own Redis if the tests have Redis, otherwise in memory.
 */
export async function startRateLimitedApp(options: TestAppOptions = {}): Promise<TestApp> {
  const redis = hasRedis && !options.env?.['REDIS_URL'] ? await startRedis() : null
  const env = { ...limitedEnv, TRUST_PROXY: '1', ...(redis && { REDIS_URL: redis.url }) }
  const app = await startApp({
    clock: new FrozenClock(),
    ...options,
    env: { ...env, ...options.env },
  })
  return {
    ...app,
    async close() {
      await app.close()
      await redis?.close()
    },
  }
}

/** The sum of a metric over all these apps. */
export async function sumMetric(name: string, ...apps: TestApp[]): Promise<number> {
  let sum = 0
  for (const { app } of apps) {
    const metric = await app.services.metrics.registry?.getSingleMetric(name)?.get()
    if (!metric) throw new Error(`there is no metric ${name}`)
    sum += metric.values.reduce((total, { value }) => total + value, 0)
  }
  return sum
}

/** How many passwords these apps have evaluated so far, right and wrong. */
export const countPasswordHashes = (...apps: TestApp[]) =>
  sumMetric('latchkey_password_hashes_total', ...apps)

export const wrongPassword = 'not the password at all'

export interface LoginAttempt {
  readonly email: string
  readonly password?: string
  /** The client address that the proxy reports. */
  readonly ip?: string
}

/** Signs in and returns the outcome as a code: `INVALID_CREDENTIALS`, `RATE_LIMITED 60`. */
export async function tryLogin(app: Server, attempt: LoginAttempt) {
  const { email, password = wrongPassword, ip } = attempt
  const headers = forwardedFor(ip)
  return outcomeOf(await call(app, LoginDocument, { input: { email, password } }, { headers }))
}

export async function tryRegister(
  app: Server,
  { email, password = goodPassword, ip }: LoginAttempt,
) {
  const headers = forwardedFor(ip)
  return outcomeOf(await call(app, RegisterDocument, { input: { email, password } }, { headers }))
}

export const forwardedFor = (ip: string | undefined): Record<string, string> =>
  ip === undefined ? {} : { 'x-forwarded-for': ip }

export interface Outcome {
  readonly data?: unknown
  readonly errors: Answer<unknown>['errors']
}

export function outcomeOf({ data, errors }: Outcome): string {
  const [error] = errors
  if (error) {
    const { code, retryAfter } = error.extensions as { code: string; retryAfter?: number }
    return retryAfter === undefined ? code : `${code} ${retryAfter}`
  }
  const [result] = Object.values(data ?? {}) as LoginMutation['login'][]
  return result?.__typename === 'AuthError' ? result.code : (result?.__typename ?? 'nothing')
}

/** Counts each outcome: `{ INVALID_CREDENTIALS: 5, 'RATE_LIMITED 1': 195 }`. */
export function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

let ipCount = 0

/** An address that has sent no request in this test file. */
export function newIp() {
  ipCount += 1
  return `198.${18 + (ipCount >> 15)}.${(ipCount >> 8) & 127}.${ipCount & 255}`
}

/** A person who registered from this address. */
export async function registerFromIp(app: Server, ip = newIp()) {
  const input = { email: newEmail(), password: goodPassword }
  const { data } = await call(app, RegisterDocument, { input }, { headers: forwardedFor(ip) })
  const { user, accessToken, refreshToken } = getAuthPayload(data?.register)
  return { ...input, id: user.id, accessToken, refreshToken: refreshToken ?? '', ip }
}

/** A guess at a password, from a new IP address by default. */
export const guessPassword = (app: Server, attempt: LoginAttempt) =>
  tryLogin(app, { ip: newIp(), ...attempt })

/** Sends this many wrong guesses, and the server evaluates each. */
export async function failLogins(app: Server, attempt: LoginAttempt, times: number) {
  for (let i = 0; i < times; i += 1) {
    expect(await guessPassword(app, attempt)).toBe('INVALID_CREDENTIALS')
  }
}
