import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import { buildSchema, parse, validate } from 'graphql'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  graphiqlRoutes,
  sendGraphiql,
  wantsGraphiql,
} from '../../src/platform/http/graphiql/graphiql.route.js'
import { responseHeaders } from '../../src/platform/http/security-headers.js'
import { startApp } from '../support/app/app.js'
import {
  collectPageErrors,
  findChromium,
  launchChromium,
  readBrowserStorage,
} from '../support/browser/browser.js'
import { runTab, typeHeaders } from '../support/browser/graphiql.js'

const pageFolder = new URL('../../src/platform/http/graphiql/page/', import.meta.url)
const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const strictPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'"

describe('over HTTP, GraphiQL', () => {
  const app = Fastify()
  beforeAll(async () => {
    app.addHook('onRequest', (_request, reply, done) => {
      void reply.headers(responseHeaders({ https: false }))
      done()
    })
    await app.register(graphiqlRoutes)
    app.get('/graphql', (request, reply) =>
      wantsGraphiql(request) ? sendGraphiql(reply) : reply.send('the API'),
    )
  })
  afterAll(() => app.close())

  test.each([
    ['a browser', browserAccept, '', true],
    ['a browser that follows a link with a query', browserAccept, '?query={me{id}}', false],
    ['curl', '*/*', '', false],
    ['a GraphQL client', 'application/graphql-response+json, application/json;q=0.9', '', false],
    ['a client that prefers JSON', 'application/json, text/html;q=0.5', '', false],
    ['a client that accepts anything', 'text/html, application/json', '', false],
    ['a client that refuses HTML', 'text/html;q=0, */*', '', false],
    ['a client without an Accept header', undefined, '', false],
  ])('is served to browsers, not to clients: %s', async (_, accept, search, expected) => {
    const headers = accept === undefined ? {} : { accept }
    const response = await app.inject({ url: `/graphql${search}`, headers })
    expect(response.body.includes('<title>Latchkey</title>')).toBe(expected)
  })

  test('has a stricter policy than the rest of the server, and its page is never stored', async () => {
    const page = await app.inject({ url: '/graphql', headers: { accept: browserAccept } })
    expect(page.headers['content-security-policy']).toBe(strictPolicy)
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.headers['x-content-type-options']).toBe('nosniff')
  })

  test('lets browsers cache its scripts until they change', async () => {
    const url = '/graphiql/graphiql.min.js'
    const first = await app.inject({ url })
    expect(first.statusCode).toBe(200)
    expect(first.headers['content-security-policy']).toBe(strictPolicy)
    const headers = { 'if-none-match': String(first.headers.etag) }
    const again = await app.inject({ url, headers })
    expect(again.statusCode).toBe(304)
  })

  test('matches the page in src: run npm run build', () => {
    const built = new URL('../../dist/graphiql/', import.meta.url)
    for (const file of ['index.html', 'boot.js', 'session.js', 'tabs.js', 'page.css']) {
      expect(readFileSync(new URL(file, built), 'utf8')).toBe(
        readFileSync(new URL(file, pageFolder), 'utf8'),
      )
    }
  })

  test('opens with tabs that fit the schema', async () => {
    const schema = buildSchema(
      readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'),
    )
    const { tabs } = (await import(new URL('tabs.js', pageFolder).href)) as {
      tabs: { query: string }[]
    }
    expect(tabs).toHaveLength(6)
    for (const { query } of tabs) expect(validate(schema, parse(query))).toEqual([])
  })
})

describe('in a browser, GraphiQL', () => {
  const chromium = findChromium()
  let app: Awaited<ReturnType<typeof startApp>>
  let browser: Browser | undefined
  beforeAll(async () => {
    app = await startApp()
    browser = chromium === undefined ? undefined : await launchChromium(chromium)
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await app.close()
  })

  test('signs Ada up, in and out at a click, and stores no secret', async (context) => {
    if (!browser) return context.skip('no Chromium here: install it or set CHROMIUM_PATH')
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    const pageErrors = collectPageErrors(page, app.url)
    await page.goto(`${app.url}/graphql`)
    await page.getByText('signed out').waitFor()

    const registered = await runTab(page, 'Register', '"AuthPayload"')
    await page.getByText('signed in as ada@example.com').waitFor()
    const loggedIn = await runTab(page, 'Login', '"AuthPayload"')
    expect(await runTab(page, 'Me', '"ada@example.com"')).toContain('"totalCount": 2')
    const refreshed = await runTab(page, 'Refresh', '"AuthPayload"')
    const again = await runTab(page, 'Refresh', '"AuthPayload"')
    // The second refresh sent the new token. The old one would have received the same tokens again (REFRESH_GRACE).
    const tokens = [registered, loggedIn, refreshed, again].flatMap(tokensIn)
    expect(new Set(tokens).size).toBe(8)
    await runTab(page, 'Me', '"ada@example.com"')
    await runTab(page, 'Settings', '"registrationOpen": true')

    // GraphiQL would write half a second after an edit.
    await page.waitForTimeout(1000)
    const stored = await readBrowserStorage(page)
    for (const secret of ['correct horse', ...tokens]) expect(stored).not.toContain(secret)
    expect(pageErrors).toEqual([])

    await typeHeaders(page, 'Me', { authorization: 'Bearer of-my-own' })
    await runTab(page, 'Me', '"UNAUTHENTICATED"')
    await typeHeaders(page, 'Me', {})
    await runTab(page, 'Me', '"ada@example.com"')

    await runTab(page, 'Logout', '"sessionId": "')
    await page.getByText('signed out').waitFor()
    await runTab(page, 'Me', '"UNAUTHENTICATED"')
  }, 60_000)
})

function tokensIn(answer: string): string[] {
  const tokens = [...answer.matchAll(/Token": "([^"]+)"/g)].map((match) => String(match[1]))
  expect(tokens).toHaveLength(2)
  return tokens
}
