import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, startExample } from './example'
import { alertOf, heading, newEmail, openPage, password, register, rename, submit } from './person'

const chromium = findChromium()
const firefox =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:140.0) Gecko/20100101 Firefox/140.0'

describe.skipIf(!chromium)('the page', () => {
  let example: Awaited<ReturnType<typeof startExample>>
  beforeAll(async () => {
    example = await startExample(chromium ?? '')
  })
  afterAll(() => example.close())

  it('says that a password is wrong, and what is wrong with a new one', async () => {
    const { context, errors } = await example.newBrowser()
    const page = await openPage(context)
    await submit(page, { email: newEmail(), password: 'not the password' })
    expect(await alertOf(page)).toBe('The address or the password is wrong.')
    await page.getByRole('button', { name: 'Create one' }).click()
    expect(await page.getByRole('alert').count()).toBe(0)
    await submit(page, { email: newEmail(), password: '1234567' })
    expect(await alertOf(page)).toBe('Please choose another password.')
    const problems = 'It is too short. It is among the first that attackers guess.'
    const field = page.getByRole('textbox', { name: 'Password', description: problems })
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    expect(errors).toEqual([])
  })

  it('signs up, changes the name, and is still signed in after a reload', async () => {
    const { context, errors } = await example.newBrowser()
    const page = await openPage(context)
    await register(page)
    await rename(page, ' ')
    expect(await alertOf(page)).toBe('Please look at this again.')
    await rename(page, 'Ada')
    await heading(page, 'Hello, Ada')
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.reload()
    await heading(page, 'Hello, Ada')
    expect(await page.getByLabel('Name').inputValue()).toBe('Ada')
    expect(errors).toEqual([])
  })

  it('is signed in in a second tab, which can end the session of another browser', async () => {
    const here = await example.newBrowser()
    const ada = await register(await openPage(here.context))
    const elsewhere = await example.newBrowser({ userAgent: firefox })
    const other = await openPage(elsewhere.context)
    await submit(other, ada)
    await heading(other, `Hello, ${ada.email}`)

    const tab = await openPage(here.context)
    const sessions = tab.getByRole('region', { name: 'Sessions' }).getByRole('listitem')
    await sessions.nth(1).waitFor()
    expect(await sessions.filter({ hasText: 'this one' }).count()).toBe(1)
    await tab.getByRole('button', { name: 'End the session of Firefox on macOS' }).click()
    await sessions.nth(1).waitFor({ state: 'detached' })

    await rename(other, 'Somebody else')
    await heading(other, 'Sign in')
    expect(await alertOf(other)).toBe('You were signed out from another device.')
    await tab.reload()
    await heading(tab, `Hello, ${ada.email}`)
    expect([...here.errors, ...elsewhere.errors]).toEqual([])
  })

  it('goes on after the access token expired, with one refresh for all tabs', async () => {
    const { context, errors, requests } = await example.newBrowser()
    await context.clock.install()
    const page = await openPage(context)
    await register(page)
    const tab = await openPage(context)
    await tab.getByLabel('Name').waitFor()
    requests.length = 0

    await context.clock.fastForward('02:00')
    await Promise.all([rename(page, 'Ada'), rename(tab, 'Ada')])
    await Promise.all([heading(page, 'Hello, Ada'), heading(tab, 'Hello, Ada')])
    const count = (name: string) => requests.filter((operation) => operation === name).length
    expect([count('RefreshSession'), count('UpdateProfile')]).toEqual([1, 2])
    expect(errors).toEqual([])
  })

  it('signs out in all tabs, and shows the next person nothing of the last one', async () => {
    const { context, errors } = await example.newBrowser()
    const page = await openPage(context)
    const ada = await register(page)
    const tab = await openPage(context)
    await heading(tab, `Hello, ${ada.email}`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await Promise.all([heading(page, 'Sign in'), heading(tab, 'Sign in')])
    expect(await tab.getByRole('alert').count()).toBe(0)
    await page.reload()
    await heading(page, 'Sign in')

    const grace = await register(page)
    await heading(tab, `Hello, ${grace.email}`)
    expect(await tab.getByText(ada.email).count()).toBe(0)
    expect(errors).toEqual([])
  })

  it('says when there were too many attempts, and when the service is not reached', async () => {
    const { context } = await example.newBrowser()
    const page = await openPage(context)
    const email = newEmail()
    const tooMany = page.getByRole('alert').filter({ hasText: /Try again in \d+ seconds/ })
    // Guesses at one account are slowed down after a handful.
    for (let guesses = 0; guesses < 10 && !(await tooMany.isVisible()); guesses += 1) {
      await submit(page, { email, password: 'a guess' })
      await page.getByRole('button', { name: 'Sign in', disabled: false }).waitFor()
    }
    expect(await tooMany.textContent()).toMatch(/^Too many attempts/)

    await context.setOffline(true)
    await submit(page, { email, password })
    await page.getByRole('alert').filter({ hasText: 'could not be reached' }).waitFor()
  })
})
