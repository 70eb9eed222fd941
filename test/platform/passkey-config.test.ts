import { describe, expect, it, test } from 'vitest'
import { parseConfig } from '../../src/compose/config/config.js'

/** Every line after the first of the error message. Empty when the settings are accepted. */
function problemsOf(environment: Record<string, string>): string[] {
  try {
    parseConfig(environment)
    return []
  } catch (error) {
    expect(error).toMatchObject({ name: 'StartupError' })
    return (error as Error).message.split('\n  ').slice(1)
  }
}

const PUBLIC_URL = 'https://auth.example.com'
const APP_URL = 'https://app.example.com'
const android = `android:apk-key-hash:${'A'.repeat(43)}`

const passkeysOf = (environment: Record<string, string>) => parseConfig(environment).passkeys

describe('without settings, passkeys work', () => {
  test.each([
    ['on localhost', {}, 'localhost', ['http://localhost:4000']],
    ['on the port of localhost', { PORT: '4100' }, 'localhost', ['http://localhost:4100']],
    ['at PUBLIC_URL', { PUBLIC_URL }, 'auth.example.com', [PUBLIC_URL]],
    ['at APP_URL', { PUBLIC_URL, APP_URL }, 'app.example.com', [APP_URL]],
    [
      'at both, if PUBLIC_URL is below APP_URL',
      { PUBLIC_URL, APP_URL: 'https://example.com/account' },
      'example.com',
      ['https://example.com', PUBLIC_URL],
    ],
    [
      'on two ports of localhost',
      { APP_URL: 'http://localhost:3000' },
      'localhost',
      ['http://localhost:3000', 'http://localhost:4000'],
    ],
    [
      'on a subdomain of localhost',
      { PUBLIC_URL: 'http://auth.localhost:4000' },
      'auth.localhost',
      ['http://auth.localhost:4000'],
    ],
    [
      'with a port, which the RP ID does not contain',
      { PUBLIC_URL: 'https://auth.example.com:8443' },
      'auth.example.com',
      ['https://auth.example.com:8443'],
    ],
  ])('%s', (_, environment, rpId, origins) => {
    expect(passkeysOf(environment)).toEqual({ rpId, origins, relatedOrigins: [] })
  })
})

describe('passkeys are disabled', () => {
  test.each<[string, Record<string, string>]>([
    ['for an IP address', { PUBLIC_URL: 'http://127.0.0.1:4000' }],
    ['for an IPv6 address', { PUBLIC_URL: 'http://[::1]:4000' }],
    ['for an IP address with https', { PUBLIC_URL: 'https://192.0.2.1' }],
    ['for http', { PUBLIC_URL: 'http://auth.example.com' }],
    ['for a host without a dot', { PUBLIC_URL: 'https://auth' }],
    ['by off', { PUBLIC_URL, PASSKEY_RP_ID: 'off' }],
  ])('%s', (_, environment) => {
    expect(passkeysOf(environment)).toBeNull()
  })
})

describe('with settings, passkeys work', () => {
  it('for a parent domain', () => {
    expect(passkeysOf({ PUBLIC_URL, APP_URL, PASSKEY_RP_ID: 'example.com' })).toEqual({
      rpId: 'example.com',
      origins: [APP_URL, PUBLIC_URL],
      relatedOrigins: [],
    })
  })

  it('for exactly the listed origins and Android apps', () => {
    const PASSKEY_ORIGINS = `https://example.com, https://m.example.com:8443 ,${android}`
    const settings = { PUBLIC_URL, PASSKEY_RP_ID: 'example.com', PASSKEY_ORIGINS }
    expect(passkeysOf(settings)?.origins).toEqual([
      'https://example.com',
      'https://m.example.com:8443',
      android,
    ])
  })

  it('for related origins', () => {
    const settings = { PUBLIC_URL, PASSKEY_RELATED_ORIGINS: 'https://example.org' }
    expect(passkeysOf(settings)).toEqual({
      rpId: 'auth.example.com',
      origins: [PUBLIC_URL, 'https://example.org'],
      relatedOrigins: ['https://example.org'],
    })
  })
})

describe('a start is refused with one line for', () => {
  test.each([
    'https://example.com',
    'example.com:443',
    'example.com/',
    'Example.com',
    'example.com.',
    '.example.com',
    '*.example.com',
    'com',
    '127.0.0.1',
    '1.2',
    '[::1]',
    'bücher.example',
    'a b',
  ])('PASSKEY_RP_ID=%s', (value) => {
    expect(problemsOf({ PUBLIC_URL, PASSKEY_RP_ID: value })).toEqual([
      expect.stringMatching('^PASSKEY_RP_ID must be a host name such as example.com'),
    ])
  })

  test.each([
    'http://auth.example.com',
    'auth.example.com',
    'https://auth.example.com/login',
    'https://*.example.com',
    'https://127.0.0.1',
    'http://127.0.0.1:4000',
    'http://[::1]:4000',
    'https://user@auth.example.com',
    'ios:bundle-id:com.example',
    'android:apk-key-hash:short',
    'android:apk-key-hash-sha256:AAAA',
    `${android}=`,
    'null',
    `${PUBLIC_URL},`,
  ])('PASSKEY_ORIGINS=%s', (value) => {
    expect(problemsOf({ PUBLIC_URL, PASSKEY_ORIGINS: value })).toEqual([
      expect.stringMatching('^PASSKEY_ORIGINS must be origins such as https://app.example.com'),
    ])
  })

  test.each(['http://example.org', 'https://192.0.2.1', 'https://example.org/x', android])(
    'PASSKEY_RELATED_ORIGINS=%s',
    (value) => {
      expect(problemsOf({ PUBLIC_URL, PASSKEY_RELATED_ORIGINS: value })).toEqual([
        expect.stringMatching('^PASSKEY_RELATED_ORIGINS must be '),
      ])
    },
  )

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'an origin of another domain',
      { PUBLIC_URL, PASSKEY_ORIGINS: `${PUBLIC_URL},https://example.org` },
      /^PASSKEY_ORIGINS has https:\/\/example\.org, .* RP ID auth\.example\.com: .*PASSKEY_RELATED_ORIGINS$/,
    ],
    [
      'an origin whose name only ends like the RP ID',
      { PUBLIC_URL, PASSKEY_ORIGINS: 'https://evilauth.example.com' },
      /^PASSKEY_ORIGINS has https:\/\/evilauth/,
    ],
    [
      'localhost beside a domain',
      { PUBLIC_URL, PASSKEY_ORIGINS: 'http://localhost:3000' },
      /^PASSKEY_ORIGINS has http:\/\/localhost:3000/,
    ],
    [
      'the parent of the RP ID',
      { PUBLIC_URL, PASSKEY_ORIGINS: 'https://example.com' },
      /^PASSKEY_ORIGINS has https:\/\/example\.com/,
    ],
    [
      'a related origin of the same domain',
      { PUBLIC_URL, PASSKEY_RELATED_ORIGINS: 'https://m.auth.example.com' },
      /^PASSKEY_RELATED_ORIGINS has https:\/\/m\.auth\.example\.com, .* move it to PASSKEY_ORIGINS$/,
    ],
    [
      'an RP ID to which no page belongs',
      { PUBLIC_URL, PASSKEY_RP_ID: 'example.org' },
      /^PASSKEY_RP_ID is example\.org, .* set PASSKEY_ORIGINS$/,
    ],
    [
      'origins without passkeys',
      { PUBLIC_URL: 'http://127.0.0.1:4000', PASSKEY_ORIGINS: PUBLIC_URL },
      /^PASSKEY_ORIGINS needs passkeys, which are off: set PASSKEY_RP_ID/,
    ],
    [
      'related origins without passkeys',
      { PUBLIC_URL, PASSKEY_RP_ID: 'off', PASSKEY_RELATED_ORIGINS: 'https://example.org' },
      /^PASSKEY_RELATED_ORIGINS needs passkeys/,
    ],
  ])('%s', (_, environment, problem) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)])
  })
})
