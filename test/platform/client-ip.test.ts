import { request } from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import { policies } from '../support/app/policies.js'
import { post, registerPerson } from '../support/app/client.js'
import { forwardedFor, startRateLimitedApp } from '../support/app/rate-limits.js'
import {
  attemptRegistration,
  attemptRegistrations,
  expectedIps,
  numberedHeaders,
  recordedIps,
} from '../support/app/client-ips.js'

const invertBits = (hex: string) =>
  hex.replace(/\w+/g, (part) => (parseInt(part, 16) ^ 0xffff).toString(16))

describe('an IP address', async () => {
  const app = await startRateLimitedApp()
  afterAll(app.close)
  const exhaustedBudget = { WEAK_PASSWORD: 20, 'RATE_LIMITED 60': 2 }

  it.each([
    [
      '2001:db8::a',
      [
        '2001:DB8::A',
        '2001:0db8:0000:0000:0000:0000:0000:000a',
        '2001:db8:0::000a',
        '2001:db8::a%eth0',
        '[2001:db8::a]',
        '[2001:DB8::A]:443',
      ],
    ],
    [
      '192.0.2.7',
      [
        '192.0.2.7',
        '::ffff:192.0.2.7',
        '::FFFF:C000:0207',
        '0:0:0:0:0:ffff:192.0.2.7',
        '192.0.2.7:51234',
        '[::ffff:192.0.2.7]:443',
      ],
    ],
  ])('%s is one address in every spelling', async (canonical, spellings) => {
    for (const spelling of spellings) {
      expect(await recordedIps(app, forwardedFor(spelling))).toEqual(expectedIps(canonical))
    }
    app.clock.advance('60s')
    const spelled = numberedHeaders(22, (i) => forwardedFor(spellings[i % spellings.length]))
    expect(await attemptRegistrations(app, spelled)).toEqual(exhaustedBudget)
  })

  it('of IPv6 shares its budget with its /64, and with no other network', async () => {
    const suffix = (i: number) => `${(i * 2999).toString(16)}:${i}:ffff:${i}`
    const within = numberedHeaders(22, (i) => forwardedFor(`2001:db8:5:6:${suffix(i)}`))
    expect(await attemptRegistrations(app, within)).toEqual(exhaustedBudget)
    expect(await attemptRegistration(app, forwardedFor('2001:db8:5:7::1'))).toBe('WEAK_PASSWORD')
    expect(await attemptRegistration(app, forwardedFor('2001:db8:5:6::1'))).toBe('RATE_LIMITED 60')
  })

  it.each([
    ['NAT64', (hex: string) => `64:ff9b::${hex}`],
    ['NAT64 of a local network', (hex: string) => `64:ff9b:1::${hex}`],
    ['stateless translation', (hex: string) => `::ffff:0:${hex}`],
    ['6to4', (hex: string) => `2002:${hex}:7::1`],
    ['Teredo', (hex: string) => `2001:0:4136:e378:8000:63bf:${invertBits(hex)}`],
  ])(
    'of IPv4 that arrives by %s counts as that IPv4 address, and is recorded as received',
    async (_, embed) => {
      app.clock.advance('60s')
      const spelled = numberedHeaders(22, (i) =>
        forwardedFor(i % 2 ? '198.51.100.9' : embed('c633:6409')),
      )
      expect(await attemptRegistrations(app, spelled)).toEqual(exhaustedBudget)
      expect(await attemptRegistration(app, forwardedFor(embed('c633:640a')))).toBe('WEAK_PASSWORD')

      const embeddedIp = embed('c633:640b')
      const [ip] = await recordedIps(app, forwardedFor(embeddedIp))
      expect(ip).toBe(embeddedIp)
      const known = await app.db.knownAddress.findMany({
        orderBy: { lastSignInAt: 'desc' },
        take: 1,
      })
      expect(known).toMatchObject([{ network: '198.51.100.11' }])
    },
  )

  it('that is invalid counts as the address of the proxy', async () => {
    const garbage = [
      'unknown',
      '_hidden',
      '256.1.1.1',
      '0x7f.1',
      '1.2.3',
      '2001:db8:::1',
      'localhost',
      "'; --",
      '%',
      '[]:1',
      '-',
    ]
    for (const text of garbage) {
      expect(await recordedIps(app, forwardedFor(text)), text).toEqual(expectedIps('127.0.0.1'))
    }
    app.clock.advance('60s')
    const outcomes = await attemptRegistrations(
      app,
      numberedHeaders(22, (i) => forwardedFor(garbage[i % garbage.length])),
    )
    expect(outcomes).toEqual(exhaustedBudget)
    expect(await attemptRegistration(app, {})).toBe('RATE_LIMITED 60')
  })

  it('is the last one if the header occurs twice', async () => {
    app.clock.advance('60s')
    const { accessToken } = await registerPerson(app)
    const logged = app.logLines.length
    await new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${accessToken}`,
        'x-forwarded-for': ['203.0.113.1', '203.0.113.2', '198.51.100.20'],
      }
      const sent = request(`${app.url}/graphql`, { method: 'POST', headers }, (response) => {
        response.resume().on('end', resolve)
      })
      sent.on('error', reject).end('{"query":"{ me { id } }"}')
    })
    await post(app, '{"query":"{ __typename }"}', forwardedFor('198.51.100.21'))
    const ips = app.logLines.slice(logged).map((line) => (JSON.parse(line) as { ip?: string }).ip)
    expect(ips).toEqual(['198.51.100.20', '198.51.100.21'])
  })
})

describe('an IPv6 /48', async () => {
  // One registration per minute per network.
  const app = await startRateLimitedApp({ env: { RATE_LIMIT_FACTOR: '0.05' } })
  afterAll(app.close)

  it('has the budget of 16 of its /64 networks, in addition to their own budgets', async () => {
    const within = (i: number) => forwardedFor(`2001:db8:7:${i.toString(16)}::1`)
    const twice = numberedHeaders(16, within).flatMap((headers) => [headers, headers])
    expect(await attemptRegistrations(app, twice)).toEqual({
      WEAK_PASSWORD: 16,
      'RATE_LIMITED 60': 16,
    })
    expect(
      await attemptRegistrations(
        app,
        numberedHeaders(5, (i) => within(i + 1_000)),
      ),
    ).toEqual({
      'RATE_LIMITED 60': 5,
    })
    expect(await attemptRegistration(app, forwardedFor('2001:db8:8::1'))).toBe('WEAK_PASSWORD')
    app.clock.advance('60s')
    expect(await attemptRegistration(app, within(1_000))).toBe('WEAK_PASSWORD')
  })

  it('has a budget for every rule that limits addresses', () => {
    expect(policies.size).toBeGreaterThan(0)
    for (const { rules } of policies.values()) {
      const rulesPer = (per: string) => rules.filter((rule) => rule.per === per)
      expect(rulesPer('site')).toEqual(
        rulesPer('network').map((rule) => ({ ...rule, per: 'site', max: rule.max * 16 })),
      )
    }
  })
})
