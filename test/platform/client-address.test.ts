import { request } from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import { policies } from '../support/app/policies.js'
import { post, registerPerson } from '../support/app/client.js'
import { forwarded, startLimitedApp } from '../support/app/limits.js'
import { attempt, attempts, everywhere, numbered, recordedFor } from '../support/app/places.js'

const inverted = (hex: string) =>
  hex.replace(/\w+/g, (part) => (parseInt(part, 16) ^ 0xffff).toString(16))

describe('an address', async () => {
  const app = await startLimitedApp()
  afterAll(app.close)
  const full = { WEAK_PASSWORD: 20, 'RATE_LIMITED 60': 2 }

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
  ])('%s is one in every spelling', async (canonical, spellings) => {
    for (const spelling of spellings) {
      expect(await recordedFor(app, forwarded(spelling))).toEqual(everywhere(canonical))
    }
    app.clock.advance('60s')
    const spelled = numbered(22, (i) => forwarded(spellings[i % spellings.length]))
    expect(await attempts(app, spelled)).toEqual(full)
  })

  it('of IPv6 shares its budget with its /64, and with no other', async () => {
    const suffix = (i: number) => `${(i * 2999).toString(16)}:${i}:ffff:${i}`
    const within = numbered(22, (i) => forwarded(`2001:db8:5:6:${suffix(i)}`))
    expect(await attempts(app, within)).toEqual(full)
    expect(await attempt(app, forwarded('2001:db8:5:7::1'))).toBe('WEAK_PASSWORD')
    expect(await attempt(app, forwarded('2001:db8:5:6::1'))).toBe('RATE_LIMITED 60')
  })

  it.each([
    ['NAT64', (hex: string) => `64:ff9b::${hex}`],
    ['NAT64 of a network of one’s own', (hex: string) => `64:ff9b:1::${hex}`],
    ['stateless translation', (hex: string) => `::ffff:0:${hex}`],
    ['6to4', (hex: string) => `2002:${hex}:7::1`],
    ['Teredo', (hex: string) => `2001:0:4136:e378:8000:63bf:${inverted(hex)}`],
  ])(
    'of IPv4 that comes by %s counts as that IPv4 address, and is recorded as it came',
    async (_, embed) => {
      app.clock.advance('60s')
      const spelled = numbered(22, (i) => forwarded(i % 2 ? '198.51.100.9' : embed('c633:6409')))
      expect(await attempts(app, spelled)).toEqual(full)
      expect(await attempt(app, forwarded(embed('c633:640a')))).toBe('WEAK_PASSWORD')

      const came = embed('c633:640b')
      const [ip] = await recordedFor(app, forwarded(came))
      expect(ip).toBe(came)
      const known = await app.db.knownAddress.findMany({
        orderBy: { lastSignInAt: 'desc' },
        take: 1,
      })
      expect(known).toMatchObject([{ network: '198.51.100.11' }])
    },
  )

  it('that is none counts as the proxy’s own', async () => {
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
      expect(await recordedFor(app, forwarded(text)), text).toEqual(everywhere('127.0.0.1'))
    }
    app.clock.advance('60s')
    const outcomes = await attempts(
      app,
      numbered(22, (i) => forwarded(garbage[i % garbage.length])),
    )
    expect(outcomes).toEqual(full)
    expect(await attempt(app, {})).toBe('RATE_LIMITED 60')
  })

  it('is the last one where the header comes twice', async () => {
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
    await post(app, '{"query":"{ __typename }"}', forwarded('198.51.100.21'))
    const ips = app.logLines.slice(logged).map((line) => (JSON.parse(line) as { ip?: string }).ip)
    expect(ips).toEqual(['198.51.100.20', '198.51.100.21'])
  })
})

describe('an IPv6 /48', async () => {
  // One registration a minute per network.
  const app = await startLimitedApp({ env: { RATE_LIMIT_FACTOR: '0.05' } })
  afterAll(app.close)

  it('has the budget of 16 of its networks, beside that of each', async () => {
    const within = (i: number) => forwarded(`2001:db8:7:${i.toString(16)}::1`)
    const twice = numbered(16, within).flatMap((headers) => [headers, headers])
    expect(await attempts(app, twice)).toEqual({ WEAK_PASSWORD: 16, 'RATE_LIMITED 60': 16 })
    expect(
      await attempts(
        app,
        numbered(5, (i) => within(i + 1_000)),
      ),
    ).toEqual({
      'RATE_LIMITED 60': 5,
    })
    expect(await attempt(app, forwarded('2001:db8:8::1'))).toBe('WEAK_PASSWORD')
    app.clock.advance('60s')
    expect(await attempt(app, within(1_000))).toBe('WEAK_PASSWORD')
  })

  it('has one for every rule per address', () => {
    expect(policies.size).toBeGreaterThan(0)
    for (const { rules } of policies.values()) {
      const of = (per: string) => rules.filter((rule) => rule.per === per)
      expect(of('site')).toEqual(
        of('address').map((rule) => ({ ...rule, per: 'site', max: rule.max * 16 })),
      )
    }
  })
})
