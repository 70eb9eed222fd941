import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pages } from '../../../src/features/hosted-pages/pages.js'
import { RequestEmailChangeDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, goodPassword, newEmail, registerPerson } from '../../support/app/client.js'
import {
  headingOf,
  inputsOf,
  getMailedLink,
  openPage,
  problemsOf,
  sendForm,
  submitForm,
} from '../../support/browser/hosted-pages.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const paths = pages.map(({ path }) => path)
const pathsWithToken = pages.flatMap(({ path, hasToken }) => (hasToken ? [path] : []))
const browserHeaders = { 'user-agent': 'Mozilla/5.0 (a browser)', 'sec-fetch-site': 'same-origin' }

describe('a page', () => {
  const links: string[] = []
  beforeAll(async () => {
    const { email, accessToken } = await registerPerson(app)
    links.push(await getMailedLink(app, email))
    await sendForm(app, '/forgot-password', { email })
    links.push(await getMailedLink(app, email))
    const requestedEmail = newEmail()
    const input = { newEmail: requestedEmail }
    await call(app, RequestEmailChangeDocument, { input }, { token: accessToken })
    links.push(
      await getMailedLink(app, requestedEmail),
      await getMailedLink(app, email),
      '/forgot-password',
    )
    expect(links.map((link) => link.split('?')[0])).toEqual(paths)
  })

  it('can be opened by mail scanners, which consumes nothing', async () => {
    const { touched } = await trackChanges(app, async () => {
      for (const link of links) {
        for (const headers of [
          {},
          browserHeaders,
          { 'sec-fetch-site': 'cross-site', purpose: 'prefetch' },
        ]) {
          const { status, html } = await openPage(app, link, headers)
          expect(status).toBe(200)
          const token = new URL(link, app.url).searchParams.get('token') ?? undefined
          expect(inputsOf(html).find(({ name }) => name === 'token')?.['value']).toBe(token)
        }
        const { status, headers, body } = await fetch(app.url + link, { method: 'HEAD' })
        expect([status, headers.get('content-type'), body]).toEqual([
          200,
          'text/html; charset=utf-8',
          null,
        ])
      }
    })
    expect(touched).toEqual([])
  })

  it('runs no script, loads nothing, allows no frame, and sets no-store and no-referrer', async () => {
    for (const link of links) {
      const { headers, html } = await openPage(app, link)
      const { 'content-security-policy': policy = '', ...rest } = Object.fromEntries(headers)
      expect(rest).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'content-language': 'en',
        vary: 'Origin, Accept-Language',
      })
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]{43}='; /)
      expect(policy).toMatch(/form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/)
      expect(policy).not.toMatch(/unsafe|\*|script-src/)
      expect(headers.getSetCookie()).toEqual([])
      expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|javascript:|https?:/i)
      expect(html).not.toMatch(/\{\{|\}\}|undefined|\[object/)
    }
  })
})

describe.each(pathsWithToken)('%s', (path) => {
  it.each(['', '?', '?token=', '?token', '?token=a&token=b', '?Token=a', '?token[]=a', '?x=1'])(
    'reports the link %s? as incomplete',
    async (query) => {
      const { status, html, headers } = await openPage(app, path + query)
      expect([status, headingOf(html)]).toEqual([400, 'That did not work'])
      expect(problemsOf(html)).toEqual([
        'This link is not complete. Copy the whole link from the e-mail.',
      ])
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(html).not.toContain('<form')
    },
  )

  it('shows every token as text and refuses an invalid one', async () => {
    for (const token of [
      '"><script>alert(1)</script>',
      "' autofocus onfocus=alert(1) x='",
      '{{{heading}}}{{/form}}',
      '</main>&lt;&amp;quot;',
      '\0\ud7ff\u2028é',
      'x'.repeat(8_000),
    ]) {
      const page = await openPage(app, `${path}?token=${encodeURIComponent(token)}`)
      expect(page.status).toBe(200)
      expect(page.html).not.toMatch(/<script|<\/main>&|"\s+autofocus/)
      const [hidden, ...fields] = inputsOf(page.html)
      expect(hidden).toEqual({ type: 'hidden', name: 'token', value: token })
      expect(fields.flatMap((field) => Object.keys(field))).not.toContain('onfocus')
      const filled = {
        password: 'one horse entirely',
        newPassword: 'another horse entirely',
        confirmEmail: 'ada@example.com',
      }
      const { result, touched } = await trackChanges(app, () => submitForm(app, page, filled))
      expect(result.status).toBe(400)
      expect(result.html).not.toMatch(/<script|horse entirely/)
      expect(touched).toEqual([])
    }
  })
})

it('no log line contains a token', async () => {
  const { email } = await registerPerson(app)
  const token = new URL(await getMailedLink(app, email), app.url).searchParams.get('token') ?? ''
  const before = app.logLines.length
  const path = `/verify-email?token=${token}`
  await submitForm(app, await openPage(app, path), { password: 'wrong' })
  await submitForm(app, await openPage(app, path), { password: goodPassword })
  const lines = app.logLines.slice(before).join('')
  expect(lines).toContain('"path":"/verify-email"')
  expect(lines).not.toContain(token)
})
