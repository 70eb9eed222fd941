import type { BrowserContext, Page } from 'playwright-core'

export const password = 'correct horse battery staple'

let count = 0
export const newEmail = () => `ada${String((count += 1))}@example.com`

export async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto('/')
  return page
}

interface Credentials {
  readonly email: string
  readonly password: string
}

export async function submit(page: Page, { email, password }: Credentials) {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByLabel('Password').press('Enter')
}

/** Somebody new, signed in on this page. */
export async function register(page: Page): Promise<Credentials> {
  const credentials = { email: newEmail(), password }
  await page.getByRole('button', { name: 'Create one' }).click()
  await submit(page, credentials)
  await heading(page, `Hello, ${credentials.email}`)
  return credentials
}

export async function rename(page: Page, name: string) {
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Save' }).click()
}

export const heading = (page: Page, name: string) =>
  page.getByRole('heading', { name, exact: true }).waitFor()

/** What the page says is wrong, once it does. */
export const alertOf = (page: Page) => page.getByRole('alert').textContent()
