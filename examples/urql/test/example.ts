import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { startServers } from '../servers'

const { CHROMIUM_PATH, CI } = process.env
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The installed Chromium. Only a developer's machine may lack one: CI must not skip in silence. */
export function findChromium(): string | undefined {
  const found = [CHROMIUM_PATH ?? '', ...places].find((path) => existsSync(path))
  if (!found && CI === 'true') throw new Error('No Chromium: install it or set CHROMIUM_PATH.')
  return found
}

/** What `npm start` starts, on ports and data of its own, and a browser that reaches nothing else. */
export async function startExample(executablePath: string) {
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
  })
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-example-'))
  const servers = await startServers({
    ...process.env,
    PORT: String(await freePort()),
    PAGE_PORT: String(await freePort()),
    DATA_DIR: dataDir,
    ACCESS_TOKEN_TTL: '1m',
  })
  return {
    /** Another browser of another person, or of the same one. */
    async newBrowser({ userAgent }: { userAgent?: string } = {}) {
      const context = await browser.newContext({
        baseURL: servers.page,
        ...(userAgent && { userAgent }),
      })
      const errors: string[] = []
      const requests: string[] = []
      context.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text())
      })
      context.on('weberror', (error) => errors.push(error.error().message))
      context.on('request', (request) => {
        const operation = /(?:mutation|query) (\w+)/.exec(request.postData() ?? request.url())?.[1]
        if (operation) requests.push(operation)
      })
      return { context, errors, requests }
    },
    async close() {
      await browser.close()
      await servers.close()
      await rm(dataDir, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
