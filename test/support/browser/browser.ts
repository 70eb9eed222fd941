import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'

const { CHROMIUM_PATH, CI } = process.env
const chromiumPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The installed Chromium. Only a developer's machine may lack one: CI must not skip silently. */
export function findChromium(): string | undefined {
  const found = [CHROMIUM_PATH ?? '', ...chromiumPaths].find((path) => existsSync(path))
  if (!found && CI === 'true') throw new Error('No Chromium: install it or set CHROMIUM_PATH.')
  return found
}

/** A headless browser that can reach only this machine. */
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

/** All storage that survives the page. */
export async function readBrowserStorage(page: Page): Promise<string> {
  return JSON.stringify([
    await page.context().storageState({ indexedDB: true }),
    await page.evaluate('({ ...sessionStorage })'),
  ])
}

/** Console errors, policy violations and requests to other hosts, as they occur. */
export function collectPageErrors(page: Page, url: string): string[] {
  const pageErrors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') pageErrors.push(message.text())
  })
  page.on('pageerror', (error) => pageErrors.push(error.message))
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(url)) {
      pageErrors.push(`request to ${request.url()}`)
    }
  })
  return pageErrors
}
