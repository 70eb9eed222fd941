import { randomBytes } from 'node:crypto'
import { describe, expect, it, test } from 'vitest'
import { parseConfig } from '../../src/compose/config/config.js'
import { findMisspelledSettings } from '../../src/compose/config/misspelled-settings.js'

const secret = randomBytes(32).toString('base64')

/** Every line after the first of the error message. Empty when the settings are accepted. */
function problemsOf(environment: Record<string, string>, cores = 8): string[] {
  try {
    parseConfig(environment, { cores })
    return []
  } catch (error) {
    expect(error).toMatchObject({ name: 'StartupError' })
    return (error as Error).message.split('\n  ').slice(1)
  }
}

const namesIn = (problems: string[]) => problems.map((problem) => problem.split(' ')[0])

describe('settings', () => {
  it('have these defaults', () => {
    expect(parseConfig({}, { cores: 2 })).toEqual({
      production: false,
      host: '127.0.0.1',
      port: 4_000,
      publicUrl: 'http://localhost:4000',
      appUrl: 'http://localhost:4000',
      corsOrigins: [],
      trustedProxies: 0,
      workers: 1,
      logLevel: 'info',
      metricsPort: null,
      dataDir: './data',
      postgres: null,
      hotPath: { statements: 'prepared', batching: true },
      redisUrl: null,
      authSecrets: null,
      accessTokens: {
        lifetimeMs: 10 * 60_000,
        issuer: 'http://localhost:4000',
        audience: 'http://localhost:4000',
        clockSkewMs: 5_000,
        cacheSize: 10_000,
      },
      signingKeys: { algorithm: 'RS256', rotationIntervalMs: 90 * 86_400_000 },
      sessions: {
        idleLifetimeMs: 14 * 86_400_000,
        maxAgeMs: 90 * 86_400_000,
        graceMs: 30_000,
        maxPerUser: 20,
        limitPolicy: 'evict',
      },
      registrationOpen: true,
      emailVerificationRequired: false,
      mfaPolicy: 'optional',
      passkeys: { rpId: 'localhost', origins: ['http://localhost:4000'], relatedOrigins: [] },
      mail: {
        smtpUrl: null,
        canDeliver: true,
        from: 'Latchkey <no-reply@localhost>',
        senderName: 'Latchkey',
        templatesFolder: null,
        hasPreview: true,
      },
      passwords: { minLength: 8, breachCheck: null },
      argon2: {
        memoryKib: 19_456,
        iterations: 2,
        parallelism: 1,
        concurrency: 2,
        queue: 128,
        engine: 'auto',
        ownProcess: true,
      },
      rateLimitFactor: 1,
      auditRetentionMs: 400 * 86_400_000,
      documents: { introspection: true, trustedFile: null },
      gateways: { federation: false, stitching: false },
    })
  })

  it('that are empty count as not set, as compose files and CI leave them', () => {
    const empty = { PORT: '', AUTH_SECRET: ' ', DATABASE_URL: '', CORS_ORIGINS: '' }
    expect(parseConfig(empty, { cores: 2 })).toEqual(parseConfig({}, { cores: 2 }))
  })

  it('are deeply frozen', () => {
    const config = parseConfig({})
    expect(() => Object.assign(config, { production: true })).toThrow(TypeError)
    expect(() => Object.assign(config.argon2, { memoryKib: 8 })).toThrow(TypeError)
    expect(() => config.corsOrigins.push('https://evil.example')).toThrow(TypeError)
  })

  it('set the addresses, origins and secrets', () => {
    const url = 'postgresql://me:secret@db:5432/latchkey'
    const config = parseConfig({
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://auth.example.com/',
      JWT_AUDIENCE: 'https://api.example.com',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:3000/',
      DATABASE_URL: url,
      AUTH_SECRET: `${secret}, ${secret.split('').reverse().join('').replace('=', '')}`,
      PORT: '1',
    })
    expect(config).toMatchObject({
      production: true,
      publicUrl: 'https://auth.example.com',
      accessTokens: { issuer: 'https://auth.example.com', audience: 'https://api.example.com' },
      corsOrigins: ['https://app.example.com', 'http://localhost:3000'],
      postgres: { url, poolSize: 10 },
    })
    expect(config.authSecrets?.[0]).toEqual(Buffer.from(secret, 'base64'))
    expect(config.authSecrets).toHaveLength(2)
  })
})

describe('a refusal', () => {
  it('names every problem at once, of one setting and between settings', () => {
    const problems = problemsOf({
      NODE_ENV: 'production',
      PORT: '65536',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'postgresql://localhost/latchkey',
      ACCESS_TOKEN_TTL: '2h',
      ARGON2_MEMORY_KIB: '7168',
    })
    expect(namesIn(problems).sort()).toEqual([
      'ACCESS_TOKEN_TTL',
      'ARGON2_MEMORY_KIB',
      'AUTH_SECRET',
      'LOG_LEVEL',
      'PORT',
      'PUBLIC_URL',
    ])
  })

  it('states the expected and the given value', () => {
    expect(problemsOf({ PORT: '0x10' })).toEqual([
      'PORT must be a whole number from 1 to 65535 (it is "0x10")',
    ])
  })

  it('reports a setting once: an unparsable value is not also missing or too weak', () => {
    const environment = { NODE_ENV: 'production', PUBLIC_URL: 'x', ARGON2_MEMORY_KIB: 'x' }
    expect(namesIn(problemsOf(environment))).toEqual(['PUBLIC_URL', 'ARGON2_MEMORY_KIB'])
  })

  test.each([
    ['AUTH_SECRET', 'hunter2'],
    ['AUTH_SECRET', `${secret},hunter2`],
    ['AUTH_SECRET', 'hunter2hunter2hunter2hunter2hunter2hunter2hunter2'],
    ['DATABASE_URL', 'mysql://me:hunter2@db/latchkey'],
    ['DATABASE_URL', 'hunter2'],
    ['DATABASE_URL', 'postgresql://me:hunter2@db:port/latchkey'],
  ])('never shows the value of %s', (name, value) => {
    const problems = problemsOf({ [name]: value, PORT: 'x' })
    expect(namesIn(problems)).toContain(name)
    expect(problems.join()).not.toContain('hunter2')
    expect(problems.join()).not.toContain(secret)
  })
})

test.each([
  ['DATABSE_URL', 'DATABASE_URL'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['AUTH_SECRETS', 'AUTH_SECRET'],
  ['auth_secret', 'AUTH_SECRET'],
  ['LATCHKEY_PORT', 'PORT'],
  ['ARGON2_MEMORY_KB', 'ARGON2_MEMORY_KIB'],
  ['PUBLIC_ULR', 'PUBLIC_URL'],
])('%s in the environment is reported as a near miss of %s', (name, suggestion) => {
  const environment = { [name]: 'x', PATH: '/bin', HOME: '/root', PORT: '1', HOSTNAME: 'h' }
  expect(findMisspelledSettings(environment)).toEqual([{ name, suggestion }])
})
