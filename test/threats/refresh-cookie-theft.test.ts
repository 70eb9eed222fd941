/**
 * An injected script (XSS) reads everything that the page can read. A page of another origin makes the browser send
 * forms with our cookies (CSRF, OWASP Top 10). With the refresh token in the cookie, the script finds no token to
 * steal, and the form changes nothing. A real browser proves both.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { findChromium, launchChromium, readBrowserStorage } from '../support/browser/browser.js'
import { goodPassword, newEmail } from '../support/app/client.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

/** One GraphQL request by a script of the open page. */
const fromPage = (page: Page, query: string) =>
  page.evaluate(
    async ([url, body]) => {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(url, { method: 'POST', headers, body })
      return response.text()
    },
    [`${app.url}/graphql`, JSON.stringify({ query })] as const,
  )

const register = `mutation {
  register(input: { email: "${newEmail()}", password: "${goodPassword}", refreshTokenTransport: COOKIE }) {
    ... on AuthPayload { refreshToken session { id } }
  }
}`
const refresh =
  'mutation { refresh { ... on AuthPayload { expiresIn } ... on AuthError { code } } }'

const chromium = findChromium()
describe.skipIf(!chromium)('in a browser (skipped without Chromium)', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '')
    page = await (await browser.newContext()).newPage()
    await page.goto(`${app.url}/graphql`) // a page of our own origin
    expect(await fromPage(page, register)).toContain('"refreshToken":null')
  })
  afterAll(() => browser.close())

  it('a script on the page cannot read the refresh token, but can refresh', async () => {
    expect(await page.evaluate('document.cookie')).toBe('')
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ name: 'latchkey-refresh', httpOnly: true, sameSite: 'Strict' })
    const answer = await fromPage(page, refresh)
    expect(answer).toContain('"expiresIn":600')
    const [rotated] = await page.context().cookies()
    expect(rotated?.value).not.toBe(cookie?.value)
    expect(answer).not.toContain(rotated?.value)
    const stored = JSON.parse(await readBrowserStorage(page)) as [{ origins: unknown[] }, object]
    expect([stored[0].origins, stored[1]]).toEqual([[], {}])
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'a form that a page of another origin posts as %s changes nothing',
    async (type) => {
      const attackerServer = createServer((_, response) => {
        const json = JSON.stringify({ query: 'mutation { logout(input: {}) { sessionId } }' })
        const field = json.replaceAll('"', '&quot;').slice(0, -1)
        response.setHeader('content-type', 'text/html').end(
          `<form method="post" enctype="${type}" action="${app.url}/graphql">
             <input name="${field},&quot;x&quot;:&quot;" value="&quot;}"></form>`,
        )
      }).listen(0, '127.0.0.1')
      await once(attackerServer, 'listening')
      const { port } = attackerServer.address() as AddressInfo
      const { result, touched } = await trackChanges(app, async () => {
        const other = await page.context().newPage()
        await other.goto(`http://127.0.0.1:${port}/`) // another origin, yet the same site
        const answer = other.waitForResponse(`${app.url}/graphql`)
        await other.evaluate('document.forms[0].submit()')
        const status = (await answer).status()
        await other.close()
        return status
      })
      attackerServer.close()
      expect(result).toBe(415)
      expect(touched).toEqual([])
      expect(await fromPage(page, refresh)).toContain('"expiresIn":600')
    },
  )
})
