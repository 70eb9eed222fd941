import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChangePasswordDocument, LoginDocument } from '@latchkey/client/operations'
import { collectPageErrors, findChromium, launchChromium } from '../../support/browser/browser.js'
import {
  call,
  getAuthError,
  goodPassword,
  me,
  getRefusalReason,
  registerPerson,
  getAuthPayload,
} from '../../support/app/client.js'
import { startBrowsableApp } from '../../support/app/browsable-app.js'
import { startOtherSite } from '../../support/browser/other-site.js'

const newPassword = 'another horse entirely'
const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
const foreignSite = await startOtherSite()
// The worst content of an operator's template.
writeFileSync(
  join(folder, 'password-changed.html'),
  `<!doctype html><html lang="en"><head><title>{{subject}}</title></head><body><h1>{{subject}}</h1>
   <script>parent.document.title = 'ran'; top.location = '${foreignSite.url}script'</script>
   <img src="${foreignSite.url}pixel" onerror="parent.document.title = 'ran'" alt="">
   <iframe src="${foreignSite.url}frame"></iframe>
   <form action="${foreignSite.url}form"><button>Send</button></form></body></html>`,
)

const chromium = findChromium()
let app: Awaited<ReturnType<typeof startBrowsableApp>>
let browser: Browser
beforeAll(async () => {
  app = await startBrowsableApp({ jobs: 'background', env: { MAIL_TEMPLATES: folder } })
  if (chromium) browser = await launchChromium(chromium)
}, 60_000)
afterAll(async () => {
  if (chromium) await browser.close()
  await app.close()
  foreignSite.close()
  rmSync(folder, { recursive: true })
})

/** A separate browser, and all errors of its pages. */
async function openBrowser(options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(8_000)
  const errorLists: string[][] = []
  context.on('page', (page) => errorLists.push(collectPageErrors(page, app.url)))
  return { context, page: await context.newPage(), pageErrors: () => errorLists.flat() }
}

/** Reloads /dev/mail until the e-mail is there, and opens it. */
async function openMessage(page: Page, to: string, subject: RegExp) {
  const link = page.getByRole('row', { name: to }).getByRole('link', { name: subject }).first()
  await expect
    .poll(
      async () => {
        await page.goto(`${app.url}/dev/mail`)
        return link.count()
      },
      { timeout: 10_000, interval: 200 },
    )
    .toBe(1)
  await link.click()
  await page.getByRole('heading', { name: 'Text' }).waitFor()
}

/** Presses the button in the e-mail; its page opens in a new tab. */
async function followLink(context: BrowserContext, page: Page, name: string) {
  const opened = context.waitForEvent('page')
  await page.frameLocator('iframe').getByRole('link', { name, exact: true }).click()
  const openedPage = await opened
  await openedPage.getByRole('heading', { level: 1 }).waitFor()
  return openedPage
}

const login = async (email: string, password: string) =>
  (await call(app, LoginDocument, { input: { email, password } })).data?.login

describe.skipIf(!chromium).each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_, javaScriptEnabled) => {
  it('the links in e-mails verify an address and set a new password', async () => {
    const { email, accessToken } = await registerPerson(app)
    const { context, page, pageErrors } = await openBrowser({ javaScriptEnabled })

    await openMessage(page, email, /Confirm/)
    const verify = await followLink(context, page, 'Confirm the address')
    await verify.getByLabel('Password', { exact: true }).fill(goodPassword)
    await verify.getByRole('button', { name: 'Confirm' }).click()
    await verify.getByRole('heading', { name: 'Address confirmed' }).waitFor()
    expect(new URL(verify.url()).search).toBe('')
    expect((await me(app, accessToken)).data?.me?.emailVerified).toBe(true)

    await page.goto(`${app.url}/forgot-password`)
    await page.getByLabel('E-mail address').fill(email)
    await page.getByRole('button', { name: 'Send e-mail' }).click()
    await page.getByText('we have sent you an e-mail').waitFor()
    await openMessage(page, email, /password/)
    const reset = await followLink(context, page, 'Set a new password')
    await reset.getByLabel('New password').fill(newPassword)
    await reset.getByRole('button', { name: 'Set password' }).click()
    await reset.getByRole('heading', { name: 'Password changed' }).waitFor()
    expect(await getRefusalReason(app, accessToken)).toBe('SESSION_ENDED')
    expect(getAuthError(await login(email, goodPassword)).code).toBe('INVALID_CREDENTIALS')
    getAuthPayload(await login(email, newPassword))
    expect(pageErrors()).toEqual([])
    await context.close()
  })
})

it.skipIf(!chromium)(
  'the preview runs no script, loads nothing and sends nothing for every template',
  async () => {
    const { email, accessToken } = await registerPerson(app)
    const input = { currentPassword: goodPassword, newPassword }
    await call(app, ChangePasswordDocument, { input }, { token: accessToken })
    const { context, page, pageErrors } = await openBrowser()
    await openMessage(page, email, /has been changed/)
    const [url, title] = [page.url(), await page.title()]
    const frame = page.frameLocator('iframe')
    await frame.getByRole('heading', { name: /has been changed/ }).waitFor()
    await frame.getByRole('button', { name: 'Send' }).click()
    await expect.poll(() => pageErrors().filter((each) => /form/i.test(each))).not.toEqual([])
    expect([page.url(), await page.title(), context.pages().length]).toEqual([url, title, 1])
    expect(foreignSite.seen).toEqual([])
    await context.close()
  },
)
