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

/** What some browsers do not have, and how to take it from the others. */
const parts = {
  locks: `Object.defineProperty(navigator, 'locks', { value: undefined })`,
  BroadcastChannel: `delete globalThis.BroadcastChannel`,
}

/** An app, and the page of an application on another origin that people visit, each with a browser of their own. */
export async function startSessionPage(chromium: string) {
  const browser = await launchChromium(chromium)
  const page = await servePage()
  const app = await startApp({ env: { CORS_ORIGINS: page.origin } })
  return {
    app,
    async visit(transport: Transport) {
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

function createVisitor(context: BrowserContext, address: string) {
  const tabs: Page[] = []
  let refreshes = 0
  context.on('request', (request) => {
    if (isRefresh(request)) refreshes += 1
  })

  const evaluate = <T>(tab: Page, expression: string) => tab.evaluate<T>(expression)
  const each = <T>(expression: string, some = tabs) =>
    Promise.all(some.map((tab) => evaluate<T>(tab, expression)))

  return {
    context,
    tabs,
    each,
    close: () => context.close(),
    async open(count: number) {
      const opened = await Promise.all(Array.from({ length: count }, () => context.newPage()))
      tabs.push(...opened)
      await Promise.all(opened.map((tab) => tab.goto(address)))
      await each('tab.session.ready()', opened)
    },
    /** Nobody answers any more: what is loaded next is the first tab of a browser that was started again. */
    quit: () => each('tab.session.close()'),
    async reload(some = tabs) {
      await Promise.all(some.map((tab) => tab.reload()))
      await each('tab.session.ready()', some)
    },
    lack: (part: keyof typeof parts) => context.addInitScript(parts[part]),
    /** Somebody new, in this tab: the id. */
    register: (index: number) =>
      evaluate<string>(tabAt(index), `tab.register('${newEmail()}', '${goodPassword}')`),
    tabAt,
    /** What every tab was told since the last time that it was asked: once this, and nothing else. */
    async wasTold(news: string) {
      await eventually(() => each('tab.events')).toEqual(tabs.map(() => [news]))
      await each('tab.events.length = 0')
    },
    /** How many were sent since the last time that it was asked. */
    refreshes() {
      const count = refreshes
      refreshes = 0
      return count
    },
  }

  function tabAt(index: number) {
    const tab = tabs[index]
    if (!tab) throw new Error('no such tab')
    return tab
  }
}

/** What tabs have told each other, they know a moment later. */
export const eventually = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 8_000 })

export const isRefresh = (request: { postData: () => string | null }) =>
  request.postData()?.includes('RefreshSession') === true

/** The page and the modules of @latchkey/client, as a browser takes them. */
async function servePage() {
  const html = await readFile(new URL('session-page.html', import.meta.url))
  const server = createServer((request, response) => {
    const [, name] = /^\/client\/([\w.-]+)\.js$/.exec(request.url ?? '') ?? []
    response.setHeader('content-type', name === undefined ? 'text/html' : 'text/javascript')
    if (name === undefined) response.end(html)
    else void moduleNamed(name).then((text) => response.end(text))
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

function moduleNamed(name: string) {
  const known =
    modules.get(name) ??
    transpile(new URL(`../../../packages/client/src/${name}.ts`, import.meta.url))
  modules.set(name, known)
  return known
}

async function transpile(file: URL) {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  return ts.transpileModule(await readFile(file, 'utf8'), { compilerOptions }).outputText
}
