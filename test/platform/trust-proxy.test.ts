import { afterAll, describe, expect, it } from 'vitest'
import type { TestApp } from '../support/app/app.js'
import { forwardedFor, startRateLimitedApp } from '../support/app/rate-limits.js'
import {
  attemptRegistrations,
  expectedIps,
  numberedHeaders,
  recordedIps,
} from '../support/app/client-ips.js'

describe('by default', async () => {
  const app = await startRateLimitedApp({ env: { TRUST_PROXY: '0' } })
  afterAll(app.close)
  const warnings = () => app.logLines.filter((line) => line.includes('forwarded headers'))

  it('forged headers change neither the budget nor the recorded address of a client', async () => {
    const invented = (i: number) => ({
      'x-forwarded-for': `203.0.113.${i}`,
      forwarded: `for=203.0.113.${i}`,
      'x-real-ip': `203.0.113.${i}`,
      'x-client-ip': `203.0.113.${i}`,
      'true-client-ip': `203.0.113.${i}`,
      'cf-connecting-ip': `203.0.113.${i}`,
    })
    expect(warnings()).toEqual([])
    expect(await recordedIps(app, invented(1))).toEqual(expectedIps('127.0.0.1'))
    app.clock.advance('60s')
    const outcomes = await attemptRegistrations(app, numberedHeaders(25, invented))
    expect(outcomes).toEqual({ WEAK_PASSWORD: 20, 'RATE_LIMITED 60': 5 })
    expect(app.logLines.join('')).not.toContain('203.0.113')
  })

  it('the log warns once, with the remedy', () => {
    expect(warnings()).toHaveLength(1)
    expect(JSON.parse(warnings()[0] ?? '')).toMatchObject({ level: 'warn' })
    expect(warnings()[0]).toContain('TRUST_PROXY')
  })
})

describe.each([
  ['1', (client: string) => client],
  ['2', (client: string) => `${client}, 10.0.0.1`],
])('TRUST_PROXY=%s', async (hops, behind) => {
  const app = await startRateLimitedApp({ env: { TRUST_PROXY: hops } })
  afterAll(app.close)
  /** The headers as the proxies pass them on. Values written by the client are further left. */
  const proxiedHeaders = (client: string, written = '') =>
    forwardedFor(written ? `${written}, ${behind(client)}` : behind(client))

  it('uses the address at exactly that hop', async () => {
    expect(await recordedIps(app, proxiedHeaders('198.51.100.1'))).toEqual(
      expectedIps('198.51.100.1'),
    )
    const written = proxiedHeaders('198.51.100.1', '203.0.113.1, 127.0.0.1')
    expect(await recordedIps(app, written)).toEqual(expectedIps('198.51.100.1'))
    expect(app.logLines.filter((line) => line.includes('forwarded headers'))).toEqual([])
  })

  it('gives each address its budget, and ignores addresses written by the client', async () => {
    const rotated = numberedHeaders(22, (i) => proxiedHeaders('198.51.100.2', `203.0.113.${i}`))
    const others = numberedHeaders(3, (i) => proxiedHeaders(`198.51.100.${i + 3}`))
    expect(await attemptRegistrations(app, [...rotated, ...others])).toEqual({
      WEAK_PASSWORD: 23,
      'RATE_LIMITED 60': 2,
    })
  })

  it('does not read the other headers', async () => {
    const headers = { forwarded: 'for=203.0.113.1', 'x-real-ip': '203.0.113.1' }
    const recorded = await recordedIps(app, { ...proxiedHeaders('198.51.100.9'), ...headers })
    expect(recorded).toEqual(expectedIps('198.51.100.9'))
  })
})

describe('TRUST_PROXY=<addresses>', async () => {
  const start = async (TRUST_PROXY: string) => {
    const app = await startRateLimitedApp({ env: { TRUST_PROXY } })
    afterAll(app.close)
    return app
  }
  const warnings = (app: TestApp) =>
    app.logLines.filter((line) => line.includes('forwarded headers'))
  const trustingApp = await start('127.0.0.0/8, 10.0.0.1, 2001:db8:f::/48')

  it('uses the last address that is not one of them', async () => {
    const chains = [
      ['198.51.100.1', '198.51.100.1'],
      ['203.0.113.1, 198.51.100.1', '198.51.100.1'],
      ['203.0.113.1, 198.51.100.1, 10.0.0.1', '198.51.100.1'],
      ['198.51.100.1, 10.0.0.1, 2001:db8:f::7, ::ffff:10.0.0.1', '198.51.100.1'],
      ['198.51.100.1, 10.0.0.2', '10.0.0.2'],
      ['198.51.100.1, unknown, 10.0.0.1', '127.0.0.1'],
    ]
    for (const [chain = '', client = ''] of chains) {
      expect(await recordedIps(trustingApp, forwardedFor(chain)), chain).toEqual(
        expectedIps(client),
      )
    }
    expect(warnings(trustingApp)).toEqual([])
  })

  it('trusts no client that bypasses the proxy, and warns once', async () => {
    const app = await start('10.0.0.0/8,2001:db8::/32')
    for (const chain of ['203.0.113.1', '203.0.113.1, 10.0.0.1']) {
      expect(await recordedIps(app, forwardedFor(chain))).toEqual(expectedIps('127.0.0.1'))
    }
    app.clock.advance('60s')
    const rotated = numberedHeaders(22, (i) => forwardedFor(`203.0.113.${i}`))
    expect(await attemptRegistrations(app, rotated)).toEqual({
      WEAK_PASSWORD: 20,
      'RATE_LIMITED 60': 2,
    })
    expect(warnings(app)).toHaveLength(1)
    expect(warnings(app)[0]).toContain('TRUST_PROXY')
  })
})
