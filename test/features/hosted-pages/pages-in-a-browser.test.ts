import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LoginDocument, RequestEmailChangeDocument } from '@latchkey/client/operations'
import { collectPageErrors, findChromium, launchChromium } from '../../support/browser/browser.js'
import {
  call,
  goodPassword,
  newEmail,
  registerPerson,
  getAuthPayload,
} from '../../support/app/client.js'
import { contrastRatio } from '../../support/browser/contrast.js'
import { startBrowsableApp } from '../../support/app/browsable-app.js'
import { getMailedLink, sendForm } from '../../support/browser/hosted-pages.js'

const chromium = findChromium()
let app: Awaited<ReturnType<typeof startBrowsableApp>>
let browser: Browser
beforeAll(async () => {
  app = await startBrowsableApp()
  if (chromium) browser = await launchChromium(chromium)
}, 60_000)
afterAll(async () => {
  if (chromium) await browser.close()
  await app.close()
})

async function openInBrowser(path: string, options: BrowserContextOptions = {}) {
  const page = await browser.newPage(options)
  page.setDefaultTimeout(8_000)
  const pageErrors = collectPageErrors(page, app.url)
  await page.goto(app.url + path)
  return { page, complaints: pageErrors }
}

/** The browser's message for a refused form, as for every answer with such a status. */
const refusalErrors = [
  'Failed to load resource: the server responded with a status of 400 (Bad Request)',
]

async function resetLink() {
  const { email } = await registerPerson(app)
  await sendForm(app, '/forgot-password', { email })
  return { email, link: await getMailedLink(app, email) }
}

const focused = (page: Page) =>
  page.evaluate<string>('document.activeElement.name || document.activeElement.textContent')

it.skipIf(!chromium)(
  'a form works with the keyboard alone, and a failed form focuses the problem',
  async () => {
    const { email, link } = await resetLink()
    const { page, complaints } = await openInBrowser(link)
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('newPassword')
    const outline = await page.locator(':focus-visible').evaluate(outlineOf)
    expect(outline).toMatch(/^solid [3-9]px$/)
    await page.keyboard.type('password1')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('attackers try first').waitFor()
    expect(await page.title()).toMatch(/^Error: /)
    const field = page.getByLabel('New password')
    expect(await field.inputValue()).toBe('')
    expect(await field.getAttribute('aria-invalid')).toBe('true')

    await page.keyboard.press('Tab')
    await page.keyboard.type('another horse entirely')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Set password')
    await page.keyboard.press('Space')
    await page.getByRole('status').getByText('Your password has been changed.').waitFor()
    expect(complaints).toEqual(refusalErrors)
    const input = { email, password: 'another horse entirely' }
    getAuthPayload((await call(app, LoginDocument, { input })).data?.login)
    await page.close()
  },
)

// Runs in the browser.
const outlineOf = (element: unknown) => {
  const style = (
    globalThis as unknown as { getComputedStyle: (of: unknown) => Styles }
  ).getComputedStyle(element)
  return `${style.outlineStyle} ${style.outlineWidth}`
}
interface Styles {
  readonly outlineStyle: string
  readonly outlineWidth: string
}

describe.skipIf(!chromium)('every page', () => {
  const links: string[] = []
  beforeAll(async () => {
    const { email, accessToken } = await registerPerson(app)
    links.push(await getMailedLink(app, email), (await resetLink()).link)
    const input = { newEmail: newEmail() }
    await call(app, RequestEmailChangeDocument, { input }, { token: accessToken })
    links.push(await getMailedLink(app, input.newEmail), await getMailedLink(app, email))
    links.push('/forgot-password', '/verify-email')
  })

  it.each(['en', 'de', 'es'])('labels all its parts in one language: %s', async (locale) => {
    const page = await browser.newPage({ locale })
    const pageErrors = collectPageErrors(page, app.url)
    for (const link of links) {
      await page.goto(app.url + link)
      expect(await page.locator('html').getAttribute('lang')).toBe(locale)
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
      expect(await page.getByRole('main').count()).toBe(1)
      const parts = await page.locator('main').ariaSnapshot()
      expect(parts).not.toMatch(/- (textbox|button|link)(:|$)/m)
      for (const field of await page.locator('input:not([type=hidden])').all()) {
        const id = await field.getAttribute('id')
        const label = await page.locator(`label[for="${id ?? ''}"]`).innerText()
        expect(await page.getByLabel(label, { exact: true }).count()).toBe(1)
        const described = await field.getAttribute('aria-describedby')
        for (const id of described?.split(' ') ?? [])
          expect(await page.locator(`#${id}`).count()).toBe(1)
      }
    }
    expect(pageErrors.filter((each) => !refusalErrors.includes(each))).toEqual([])
    await page.close()
  })

  it.each(['light', 'dark'] as const)(
    'is readable on a small and %s screen',
    async (colorScheme) => {
      const page = await browser.newPage({
        colorScheme,
        viewport: { width: 320, height: 500 },
        locale: 'de',
      })
      for (const link of links) {
        await page.goto(app.url + link)
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(320)
        const paintedElements = await page.evaluate<[string, string, string][]>(paintScript)
        expect(paintedElements.length).toBeGreaterThan(2)
        for (const [what, color, background] of paintedElements) {
          expect(
            contrastRatio(toHexColor(color), toHexColor(background)),
            `${what} on ${link}`,
          ).toBeGreaterThanOrEqual(4.5)
        }
        const [dark] = paintedElements.map(
          ([, , background]) => contrastRatio(toHexColor(background), '#000000') < 3,
        )
        expect(dark).toBe(colorScheme === 'dark')
      }
      await page.close()
    },
  )
})

const toHexColor = (rgb: string) =>
  `#${[...rgb.matchAll(/\d+/g)].map(([part]) => Number(part).toString(16).padStart(2, '0')).join('')}`

/** All texts with their colour and background colour. */
const paintScript = `[...document.querySelectorAll('main :is(h1, p, label, button, a, input:not([type=hidden]))')].map((element) => {
  let ground = element
  while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement
  return [element.tagName, getComputedStyle(element).color, getComputedStyle(ground).backgroundColor]
})`

it.skipIf(!chromium)('a password manager recognizes the fields', async () => {
  const { email } = await registerPerson(app)
  const { page } = await openInBrowser(await getMailedLink(app, email))
  const password = page.getByLabel('Password', { exact: true })
  expect(await password.getAttribute('autocomplete')).toBe('current-password')
  await password.fill(goodPassword)
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('heading', { name: 'Address confirmed' }).waitFor()
  await page.goto(`${app.url}/forgot-password`)
  expect(await page.getByLabel('E-mail address').getAttribute('autocomplete')).toBe('email')
  await page.close()
})
