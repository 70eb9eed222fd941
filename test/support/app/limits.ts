import { expect } from 'vitest'
import { LoginDocument, RegisterDocument, type LoginMutation } from '@latchkey/client/operations'
import { startApp, type TestApp, type TestAppOptions } from './app.js'
import { call, goodPassword, newEmail, succeeded, type Answer, type Server } from './client.js'
import { TestClock } from './clock.js'
import { onRedis, startRedis } from '../processes/redis-server.js'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Stands still until it is moved: what is told of limits is exact, however slow the machine. */
export class StillClock extends TestClock {
  #now = super.now()

  override now() {
    return this.#now
  }

  override advance(span: Parameters<TestClock['advance']>[0]) {
    const [, amount, unit] = /^(\d+)(\D+)$/.exec(span) ?? []
    this.#now = new Date(this.#now.getTime() + Number(amount) * units[unit as keyof typeof units])
  }
}

/** The budgets of attempts as they are. */
const bounded = { RATE_LIMIT_FACTOR: '1', METRICS_PORT: '9464' }

/**
 * An app with the limits that everybody gets, behind one proxy (so that `from` says where a request comes from), with
 * a clock that stands. It counts in a Redis of its own where there is Redis to test with, else in memory.
 */
export async function startLimitedApp(options: TestAppOptions = {}): Promise<TestApp> {
  const redis = onRedis && !options.env?.['REDIS_URL'] ? await startRedis() : null
  const env = { ...bounded, TRUST_PROXY: '1', ...(redis && { REDIS_URL: redis.url }) }
  const app = await startApp({
    clock: new StillClock(),
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

/** A metric of all these apps together. */
export async function metricOf(name: string, ...apps: TestApp[]): Promise<number> {
  let sum = 0
  for (const { app } of apps) {
    const metric = await app.services.metrics.registry?.getSingleMetric(name)?.get()
    if (!metric) throw new Error(`there is no metric ${name}`)
    sum += metric.values.reduce((total, { value }) => total + value, 0)
  }
  return sum
}

/** How many passwords these apps have evaluated so far, right and wrong. */
export const hashesOf = (...apps: TestApp[]) => metricOf('latchkey_password_hashes_total', ...apps)

export const wrongPassword = 'not the password at all'

export interface Attempt {
  readonly email: string
  readonly password?: string
  /** The address from which it comes, as the proxy in front says. */
  readonly from?: string
}

/** A sign-in, and what it came to in one word or two: `INVALID_CREDENTIALS`, `RATE_LIMITED 60`. */
export async function tryLogin(app: Server, attempt: Attempt) {
  const { email, password = wrongPassword, from } = attempt
  const headers = forwarded(from)
  return outcomeOf(await call(app, LoginDocument, { input: { email, password } }, { headers }))
}

export async function tryRegister(app: Server, { email, password = goodPassword, from }: Attempt) {
  const headers = forwarded(from)
  return outcomeOf(await call(app, RegisterDocument, { input: { email, password } }, { headers }))
}

export const forwarded = (from: string | undefined): Record<string, string> =>
  from === undefined ? {} : { 'x-forwarded-for': from }

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

/** How many of each: `{ INVALID_CREDENTIALS: 5, 'RATE_LIMITED 1': 195 }`. */
export function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

let places = 0

/** An address from which nobody in this test file asked before. */
export function newPlace() {
  places += 1
  return `198.${18 + (places >> 15)}.${(places >> 8) & 127}.${places & 255}`
}

/** Somebody who registered from there. */
export async function ownerAt(app: Server, from = newPlace()) {
  const input = { email: newEmail(), password: goodPassword }
  const { data } = await call(app, RegisterDocument, { input }, { headers: forwarded(from) })
  const { user, accessToken, refreshToken } = succeeded(data?.register)
  return { ...input, id: user.id, accessToken, refreshToken: refreshToken ?? '', from }
}

/** A guess of a stranger, from somewhere new unless it says otherwise. */
export const guess = (app: Server, attempt: Attempt) =>
  tryLogin(app, { from: newPlace(), ...attempt })

/** So many guesses that are looked at, and wrong. */
export async function fail(app: Server, attempt: Attempt, times: number) {
  for (let i = 0; i < times; i += 1) {
    expect(await guess(app, attempt)).toBe('INVALID_CREDENTIALS')
  }
}
