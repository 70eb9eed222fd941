// Cross-site request forgery and clickjacking on the pages of the service. Only these pages accept forms, which
// browsers send to other sites without a preflight (OWASP CSRF Prevention, "Fetch Metadata headers"; OWASP
// Clickjacking).
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { pages } from '../../src/features/hosted-pages/pages.js'
import { RequestEmailChangeDocument } from '@latchkey/client/operations'
import { findChromium, launchChromium } from '../support/browser/browser.js'
import { call, goodPassword, newEmail, registerPerson } from '../support/app/client.js'
import { startBrowsableApp } from '../support/app/browsable-app.js'
import { getMailedToken } from '../support/mail/mail.js'
import { startOtherSite } from '../support/browser/other-site.js'
import {
  headingOf,
  openPage,
  problemsOf,
  requestLogLines,
  sendForm,
} from '../support/browser/hosted-pages.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startBrowsableApp()
afterAll(app.close)

const forms: Record<string, Record<string, string>> = {}
beforeAll(async () => {
  const { email, accessToken } = await registerPerson(app)
  forms['/verify-email'] = { token: await getMailedToken(app, email), password: goodPassword }
  await sendForm(app, '/forgot-password', { email })
  const newPassword = 'chosen by an attacker'
  forms['/reset-password'] = { token: await getMailedToken(app, email), newPassword }
  const input = { newEmail: newEmail() }
  await call(app, RequestEmailChangeDocument, { input }, { token: accessToken })
  const password = goodPassword
  forms['/confirm-email-change'] = { token: await getMailedToken(app, input.newEmail), password }
  const rejectFields = { token: await getMailedToken(app, email), confirmEmail: email, password }
  forms['/reject-email-change'] = rejectFields
  forms['/forgot-password'] = { email }
})

const refused = 'Another site sent this form'

describe.each(['cross-site', 'same-site', 'CROSS-SITE', '', 'same-origin, cross-site'])(
  'a form with Sec-Fetch-Site: %s',
  (site) => {
    it('is refused, and nothing is written', async () => {
      const { result, touched } = await trackChanges(app, () =>
        Promise.all(
          Object.entries(forms).map(([path, fields]) =>
            sendForm(app, path, fields, { 'sec-fetch-site': site, origin: 'null' }),
          ),
        ),
      )
      for (const { status, html } of result) {
        expect([status, headingOf(html)]).toEqual([403, 'That did not work'])
        expect(problemsOf(html)[0]).toContain(refused)
      }
      expect(Object.keys(forms).sort()).toEqual(pages.map(({ path }) => path).sort())
      expect(touched).toEqual([])
    })
  },
)

it('no page permits another origin to read it or to send it forms', async () => {
  for (const path of Object.keys(forms)) {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    const preflight = await fetch(app.url + path, { method: 'OPTIONS', headers })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    const page = await openPage(app, path, headers)
    expect(page.headers.get('access-control-allow-origin')).toBeNull()
    expect(page.headers.get('x-frame-options')).toMatch(/^(SAMEORIGIN|DENY)$/)
  }
})

const chromium = findChromium()
describe.skipIf(!chromium)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '')
  }, 60_000)
  afterAll(() => browser.close())

  const formOf = (path: string, target = '_self') => {
    const inputs = Object.entries(forms[path] ?? {}).map(
      ([name, value]) => `<input name="${name}" value="${value}">`,
    )
    const action = app.url + path
    return `<form method="post" target="${target}" action="${action}">${inputs.join('')}<button>Win</button></form>`
  }

  /** A page of an attacker with this body. */
  async function visit(url: string, body: string) {
    const page = await browser.newPage()
    page.setDefaultTimeout(8_000)
    await page.route(url, (route) => route.fulfill({ contentType: 'text/html', body }))
    await page.goto(url)
    return page
  }

  it.each([
    ['of another site', 'http://evil.example/', '/reset-password'],
    ['of the same site on another port', 'http://127.0.0.1:9/', '/verify-email'],
  ])('a form that a page %s sends is refused', async (_, url, path) => {
    const page = await visit(url, formOf(path))
    const { touched } = await trackChanges(app, async () => {
      await page.getByRole('button', { name: 'Win' }).click()
      await page.getByText(refused).waitFor()
    })
    expect(page.url()).toBe(app.url + path)
    expect(touched).toEqual([])
    await page.close()
  })

  it('a form that a page sends into a hidden or sandboxed frame is refused', async () => {
    const framed = formOf('/forgot-password').replaceAll('"', '&quot;')
    const site = await startOtherSite(
      `<iframe name="hidden"></iframe>${formOf('/forgot-password', 'hidden')}
       <iframe id="boxed" sandbox="allow-forms" srcdoc="${framed}"></iframe>`,
    )
    onTestFinished(site.close)
    const page = await browser.newPage()
    page.setDefaultTimeout(8_000)
    await page.goto(site.url)
    const buttons = [
      page.getByRole('button', { name: 'Win' }),
      page.frameLocator('#boxed').getByRole('button', { name: 'Win' }),
    ]
    const refusals = () =>
      requestLogLines(app, '/forgot-password').filter(({ status }) => status === 403).length
    const before = refusals()
    const { touched } = await trackChanges(app, async () => {
      for (const button of buttons) await button.click()
      await expect.poll(refusals, { timeout: 8_000 }).toBe(before + buttons.length)
    })
    expect(touched).toEqual([])
    await page.close()
  })

  it('no page can be framed by another page', async () => {
    const [path] = Object.keys(forms)
    const { token = '' } = forms[path ?? ''] ?? {}
    const ownPageUrl = `${app.url}/verify-email?token=${token}`
    const site = await startOtherSite(`<iframe src="${ownPageUrl}"></iframe>`)
    onTestFinished(site.close)
    const page = await browser.newPage()
    await page.goto(site.url)
    await expect
      .poll(() => page.frames().map((frame) => frame.url()))
      .toEqual([site.url, 'chrome-error://chromewebdata/'])
    await page.close()
  })
})
