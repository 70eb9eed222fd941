import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'

const { CHROMIUM_PATH, CI } = process.env
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The installed Chromium. Only a developer's machine may lack one: CI must not skip in silence. */
export function findChromium(): string | undefined {
  const found = [CHROMIUM_PATH ?? '', ...places].find((path) => existsSync(path))
  if (!found && CI === 'true') throw new Error('No Chromium: install it or set CHROMIUM_PATH.')
  return found
}

/** A headless browser that can reach this machine and nothing else. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  })
}

/** All that the page has put where it outlives the page. */
export async function storedText(page: Page): Promise<string> {
  return JSON.stringify([
    await page.context().storageState({ indexedDB: true }),
    await page.evaluate('({ ...sessionStorage })'),
  ])
}

/** Console errors, violations of the policy and requests to any other host, as they come. */
export function collectComplaints(page: Page, url: string): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(url)) {
      complaints.push(`request to ${request.url()}`)
    }
  })
  return complaints
}
