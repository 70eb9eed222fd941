import { randomBytes } from 'node:crypto'
import { describe, expect, it, test } from 'vitest'
import { parseConfig } from '../../src/compose/config/config.js'

type Environment = Record<string, string>

const accept = (environment: Environment, cores = 8) => parseConfig(environment, { cores })
const expectRefusal = (environment: Environment, message: RegExp, cores = 8) => {
  expect(() => parseConfig(environment, { cores })).toThrow(message)
}

describe('PUBLIC_URL', () => {
  const NODE_ENV = 'production'

  it('is required in production', () => {
    expectRefusal({ NODE_ENV }, /PUBLIC_URL is required in production/)
  })

  test.each(['https://auth.example.com', 'http://localhost:4000', 'http://127.0.0.1'])(
    'may be %s in production',
    (PUBLIC_URL) => {
      expect(accept({ NODE_ENV, PUBLIC_URL }).publicUrl).toBe(PUBLIC_URL)
    },
  )

  test.each([
    'http://auth.example.com',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://10.0.0.1',
  ])('may not be %s in production', (PUBLIC_URL) => {
    expectRefusal({ NODE_ENV, PUBLIC_URL }, /PUBLIC_URL must be https in production/)
  })

  test.each([
    'auth.example.com',
    'ftp://auth.example.com',
    'https://auth.example.com/path',
    'https://auth.example.com/?query',
    'https://auth.example.com/#part',
    'https://user:password@auth.example.com',
    'javascript:alert(1)',
  ])('is an origin: it may not be %s, nor may CORS_ORIGINS contain that', (text) => {
    expectRefusal({ PUBLIC_URL: text }, /PUBLIC_URL must be an origin/)
    expectRefusal({ CORS_ORIGINS: `https://app.example.com,${text}` }, /CORS_ORIGINS must be/)
  })

  test.each(['*', 'null', 'https://*.example.com', 'https://app.example.com,'])(
    'and CORS_ORIGINS accept no %s',
    (CORS_ORIGINS) => {
      expectRefusal({ CORS_ORIGINS }, /CORS_ORIGINS must be/)
    },
  )
})

describe('Argon2 parameters', () => {
  const owaspMinimums = [
    [47_104, 1],
    [19_456, 2],
    [12_288, 3],
    [9_216, 4],
    [7_168, 5],
  ] as const
  const parameters = (memoryKib: number, iterations: number) => ({
    ARGON2_MEMORY_KIB: String(memoryKib),
    ARGON2_ITERATIONS: String(iterations),
  })

  test.each(owaspMinimums)(
    'may be m=%d, t=%d and not one kibibyte less',
    (memoryKib, iterations) => {
      const { argon2 } = accept(parameters(memoryKib, iterations))
      expect(argon2).toMatchObject({ memoryKib, iterations })
      expectRefusal(parameters(memoryKib - 1, iterations), /ARGON2_MEMORY_KIB/)
    },
  )

  test.each([
    ['1', 1, {}],
    ['2', 2, {}],
    ['3', 64, {}],
    ['7', 64, { UV_THREADPOOL_SIZE: '8' }],
    ['4', 4, { UV_THREADPOOL_SIZE: '128' }],
    ['1', 64, { UV_THREADPOOL_SIZE: '1' }],
  ])(
    'allow at most %s concurrent hashes with %d cores and %j',
    (maxConcurrency, cores, environment) => {
      const over = { ...environment, ARGON2_CONCURRENCY: String(Number(maxConcurrency) + 1) }
      expectRefusal(
        over,
        new RegExp(`ARGON2_CONCURRENCY must be at most ${maxConcurrency}:`),
        cores,
      )
      const { argon2 } = accept({ ...environment, ARGON2_CONCURRENCY: maxConcurrency }, cores)
      expect(argon2).toMatchObject({
        concurrency: Number(maxConcurrency),
        queue: 64 * Number(maxConcurrency),
      })
      expect(accept(environment, cores).argon2.concurrency).toBe(Number(maxConcurrency))
    },
  )
})

describe('TRUST_PROXY', () => {
  test.each([
    ['0', 0],
    ['10', 10],
    ['10.0.0.1', ['10.0.0.1']],
    ['10.0.0.0/8, ::1,2001:DB8::/32', ['10.0.0.0/8', '::1', '2001:DB8::/32']],
    ['192.0.2.128/25', ['192.0.2.128/25']],
  ])('may be %s', (TRUST_PROXY, proxies) => {
    expect(accept({ TRUST_PROXY }).trustedProxies).toEqual(proxies)
  })

  test.each([
    ['11', /must be a number of proxies from 0 to 10/],
    ['-1', /must be a number of proxies, or addresses/],
    ['1,10.0.0.1', /a number cannot be combined with addresses/],
    ['10.0.0.1,1', /a number cannot be combined with addresses/],
    ['1,2', /a number cannot be combined with addresses/],
    ['true', /must be a number of proxies, or addresses/],
    ['proxy.internal', /must be a number of proxies, or addresses/],
    ['10.0.0.1,', /must be a number of proxies, or addresses/],
    ['10.0.0.1:80', /must be a number of proxies, or addresses/],
    ['10.0.0', /must be a number of proxies, or addresses/],
    ['0x7f.1', /must be a number of proxies, or addresses/],
    ['fe80::1%eth0', /must be a number of proxies, or addresses/],
    ['10.0.0.0/255.0.0.0', /must be a number of proxies, or addresses/],
    ['10.0.0.0/8/8', /must be a number of proxies, or addresses/],
    ['10.0.0.0/', /must be a number of proxies, or addresses/],
    ['0.0.0.0/0', /must not have 0\.0\.0\.0\/0: any client could forge its address/],
    ['10.0.0.0/33', /at most 32 bits/],
    ['::/129', /at most 128 bits/],
    ['10.0.0.5/8', /write 10\.0\.0\.5 for one proxy, or the network/],
    ['2001:db8::1/32', /write 2001:db8::1 for one proxy/],
  ])('may not be %s', (TRUST_PROXY, problem) => {
    expectRefusal({ TRUST_PROXY }, /TRUST_PROXY must|TRUST_PROXY has/)
    expectRefusal({ TRUST_PROXY }, problem)
  })
})

describe('WORKERS', () => {
  const withoutRedis = {
    DATABASE_URL: 'postgresql://localhost/latchkey',
    AUTH_SECRET: randomBytes(32).toString('base64'),
  }
  const withRedis = { ...withoutRedis, REDIS_URL: 'redis://localhost' }

  test.each([
    ['1', 8, 1],
    ['2', 1, 2],
    ['64', 8, 64],
    ['auto', 8, 8],
    ['auto', 1, 1],
    ['auto', 96, 64],
  ])('may be %s: with %d cores that is %d', (WORKERS, cores, workers) => {
    expect(accept({ ...withRedis, WORKERS }, cores).workers).toBe(workers)
  })

  test.each(['0', '65', '-1', '1.5', 'all', 'AUTO'])('may not be %s', (WORKERS) => {
    expectRefusal({ ...withRedis, WORKERS }, /WORKERS must be auto or a whole number from 1 to 64/)
  })

  it('is 1 with the embedded database, also as auto', () => {
    expectRefusal({ WORKERS: '2' }, /WORKERS must be 1 without DATABASE_URL: only one process/)
    expect(accept({ WORKERS: 'auto' }).workers).toBe(1)
    expect(accept({ WORKERS: '1' }).workers).toBe(1)
  })

  test.each(['2', 'auto'])('of %s requires Redis, for any number of cores', (WORKERS) => {
    expectRefusal({ ...withoutRedis, WORKERS }, /REDIS_URL is required with WORKERS/, 1)
    expect(accept({ ...withoutRedis, WORKERS: '1' }).redisUrl).toBeNull()
  })

  test.each([
    ['2', 8, '64', 4],
    ['3', 8, '64', 2],
    ['8', 8, '64', 1],
    ['16', 8, '64', 1],
    ['2', 64, '4', 3],
  ])('of %s divide the hashes: with %d cores and %s threads, %d each', (...given) => {
    const [WORKERS, cores, UV_THREADPOOL_SIZE, perWorker] = given
    const environment = { ...withRedis, WORKERS, UV_THREADPOOL_SIZE }
    expect(accept(environment, cores).argon2).toMatchObject({
      concurrency: perWorker,
      queue: 64 * perWorker,
    })
    const over = { ...environment, ARGON2_CONCURRENCY: String(perWorker + 1) }
    expectRefusal(over, new RegExp(`ARGON2_CONCURRENCY must be at most ${perWorker}:`), cores)
  })

  it('turn the mail preview off unless there is a single process, which has sent all mail', () => {
    expect(accept(withRedis).mail.hasPreview).toBe(true)
    expect(accept({ ...withRedis, WORKERS: '2' }).mail.hasPreview).toBe(false)
  })
})

describe('durations', () => {
  test.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['60000ms', 60_000],
  ])('%s', (text, milliseconds) => {
    expect(accept({ ACCESS_TOKEN_TTL: text }).accessTokens.lifetimeMs).toBe(milliseconds)
  })

  test.each([
    '59s',
    '61m',
    '0',
    '10',
    '-10m',
    '1.5m',
    '10 m',
    '10min',
    '1e3s',
    'PT10M',
    'Infinity',
  ])('not %s for ACCESS_TOKEN_TTL', (text) => {
    expectRefusal({ ACCESS_TOKEN_TTL: text }, /ACCESS_TOKEN_TTL must be a duration from 1m to 1h/)
  })

  it('may be 0 if that means off', () => {
    const { sessions, accessTokens } = accept({ REFRESH_GRACE: '0', CLOCK_SKEW: '0' })
    expect([sessions.graceMs, accessTokens.clockSkewMs]).toEqual([0, 0])
    expectRefusal({ CLOCK_SKEW: '61s' }, /CLOCK_SKEW/)
  })
})
