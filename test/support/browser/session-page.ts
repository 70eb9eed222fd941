import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright-core'
import ts from 'typescript'
import { expect } from 'vitest'
import { startApp } from '../app/app.js'
import { launchChromium } from './browser.js'
import { goodPassword, newEmail } from '../app/client.js'

export type Transport = 'BODY' | 'COOKIE'
export type Visitor = ReturnType<typeof createVisitor>

/** APIs that some browsers lack, with the script that removes each. */
const browserApis = {
  locks: `Object.defineProperty(navigator, 'locks', { value: undefined })`,
  BroadcastChannel: `delete globalThis.BroadcastChannel`,
}

/** An app, and an application page on another origin. Each visitor has a browser of their own. */
export async function startSessionPage(chromium: string) {
  const browser = await launchChromium(chromium)
  const page = await servePage()
  const app = await startApp({ env: { CORS_ORIGINS: page.origin } })
  return {
    app,
    async openVisitor(transport: Transport) {
      const query = new URLSearchParams({ url: `${app.url}/graphql`, transport })
      return createVisitor(await browser.newContext(), `${page.origin}/?${query.toString()}`)
    },
    async close() {
      await browser.close()
      await app.close()
      page.close()
    },
  }
}

function createVisitor(context: BrowserContext, pageUrl: string) {
  const tabs: Page[] = []
  let refreshCount = 0
  context.on('request', (request) => {
    if (isRefreshRequest(request)) refreshCount += 1
  })

  const evaluate = <T>(tab: Page, expression: string) => tab.evaluate<T>(expression)
  const evaluateInTabs = <T>(expression: string, selectedTabs = tabs) =>
    Promise.all(selectedTabs.map((tab) => evaluate<T>(tab, expression)))

  return {
    context,
    tabs,
    each: evaluateInTabs,
    close: () => context.close(),
    async open(count: number) {
      const opened = await Promise.all(Array.from({ length: count }, () => context.newPage()))
      tabs.push(...opened)
      await Promise.all(opened.map((tab) => tab.goto(pageUrl)))
      await evaluateInTabs('tab.session.ready()', opened)
    },
    /** Closes all sessions, so that the next page load acts as the first tab after a browser restart. */
    closeSessions: () => evaluateInTabs('tab.session.close()'),
    async reload(selectedTabs = tabs) {
      await Promise.all(selectedTabs.map((tab) => tab.reload()))
      await evaluateInTabs('tab.session.ready()', selectedTabs)
    },
    removeApi: (api: keyof typeof browserApis) => context.addInitScript(browserApis[api]),
    /** Registers a new user in this tab and returns the id. */
    register: (index: number) =>
      evaluate<string>(tabAt(index), `tab.register('${newEmail()}', '${goodPassword}')`),
    tabAt,
    /** Expects this one event in every tab since the last check, and no other. */
    async expectEvent(event: string) {
      await eventually(() => evaluateInTabs('tab.events')).toEqual(tabs.map(() => [event]))
      await evaluateInTabs('tab.events.length = 0')
    },
    /** How many refreshes were sent since the last call. */
    refreshCount() {
      const count = refreshCount
      refreshCount = 0
      return count
    },
  }

  function tabAt(index: number) {
    const tab = tabs[index]
    if (!tab) throw new Error('no such tab')
    return tab
  }
}

/** Tabs receive each other's messages a moment later. */
export const eventually = <T>(probe: () => Promise<T>) => expect.poll(probe, { timeout: 8_000 })

export const isRefreshRequest = (request: { postData: () => string | null }) =>
  request.postData()?.includes('RefreshSession') === true

/** Serves the page and the browser modules of @latchkey/client. */
async function servePage() {
  const html = await readFile(new URL('session-page.html', import.meta.url))
  const server = createServer((request, response) => {
    const [, name] = /^\/client\/([\w.-]+)\.js$/.exec(request.url ?? '') ?? []
    response.setHeader('content-type', name === undefined ? 'text/html' : 'text/javascript')
    if (name === undefined) response.end(html)
    else void loadModule(name).then((text) => response.end(text))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const modules = new Map<string, Promise<string>>()

function loadModule(name: string) {
  const cached =
    modules.get(name) ??
    transpile(new URL(`../../../packages/client/src/${name}.ts`, import.meta.url))
  modules.set(name, cached)
  return cached
}

async function transpile(file: URL) {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  return ts.transpileModule(await readFile(file, 'utf8'), { compilerOptions }).outputText
}
