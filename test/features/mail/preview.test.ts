import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  newEmail,
  registerPerson,
  getAuthPayload,
  type Person,
} from '../../support/app/client.js'
import { getLastMailTo } from '../../support/mail/mail.js'
import { startMailbox } from '../../support/mail/mailbox.js'
import { decodeHtml, openPage } from '../../support/browser/hosted-pages.js'
import { trackChanges } from '../../support/database/track-changes.js'

const mailbox = await startMailbox()
const app = await startApp({
  env: { SMTP_URL: mailbox.url, MAIL_FROM: 'Fish <fish@example.com>' },
})
afterAll(app.close)
afterAll(mailbox.close)

const rowsOf = (html: string) =>
  [
    ...html.matchAll(
      /<tr>\s*<td>([^<]*)<\/td>\s*<td>([^<]*)<\/td>\s*<td><a href="([^"]*)">([^<]*)</g,
    ),
  ].map(([, , to = '', path = '', subject = '']) => ({
    to: decodeHtml(to),
    path: decodeHtml(path),
    subject,
  }))

describe('/dev/mail', () => {
  it('explains the next step before the first e-mail', async () => {
    const { status, html } = await openPage(app, '/dev/mail')
    expect(status).toBe(200)
    expect(html).toContain('No e-mail yet.')
  })

  it('lists sent e-mails, newest first, and shows each one as sent', async () => {
    const people: Person[] = []
    for (let i = 0; i < 2; i += 1) {
      people.push(await registerPerson(app))
      await app.deliver()
    }
    const { html } = await openPage(app, '/dev/mail')
    const rows = rowsOf(html)
    expect(rows.map(({ to }) => to)).toEqual(people.map(({ email }) => email).reverse())
    for (const { to, path, subject } of rows) {
      const [received] = mailbox.to(to)
      expect(received?.mail.subject).toBe(decodeHtml(subject))
      const shown = await openPage(app, path)
      expect(shown.html).toContain(`<td>${to}</td>`)
      const { url } = await getLastMailTo(app, to)
      expect(decodeHtml(shown.html)).toContain(url)
      const [, frame = ''] = /<iframe\s+src="([^"]*)"/.exec(shown.html) ?? []
      const framed = await openPage(app, decodeHtml(frame))
      expect(framed.html.replace('<base target="_blank">', '').trim()).toBe(
        received?.mail.html?.trim(),
      )
    }
  })

  it('consumes nothing and disables caching', async () => {
    const { email } = await registerPerson(app)
    const { id } = await getLastMailTo(app, email)
    const { result, touched } = await trackChanges(app, () =>
      Promise.all(
        ['/dev/mail', `/dev/mail/${id}`, `/dev/mail/${id}/html`].map((path) => openPage(app, path)),
      ),
    )
    expect(touched).toEqual([])
    for (const { status, headers } of result) {
      expect(status).toBe(200)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    }
  })

  it.each(['nothing', '..%2f', '%00', '0'.repeat(190), '__proto__', '%3Cscript%3E'])(
    'has nothing at %s',
    async (id) => {
      for (const path of [`/dev/mail/${id}`, `/dev/mail/${id}/html`]) {
        const { status, html } = await openPage(app, path)
        expect(status).toBe(404)
        expect(html).not.toContain('<script')
      }
    },
  )
})

describe('an e-mail', () => {
  const email = "{{url}}&'`{{{text}}}|$&$1/=?`@example.com"
  const typed = {
    name: '<script>alert(1)</script>',
    deviceName: '"><img src=x onerror=alert(1)>',
    locale: 'de',
  }
  let id: string
  beforeAll(async () => {
    const input = { email, password: goodPassword, ...typed }
    const headers = { 'user-agent': '<script>alert(2)</script>' }
    getAuthPayload((await call(app, RegisterDocument, { input }, { headers })).data?.register)
    ;({ id } = await getLastMailTo(app, email))
  })

  it('contains no user input except the address, escaped as text', async () => {
    const pages = ['/dev/mail', `/dev/mail/${id}`, `/dev/mail/${id}/html`].map((path) =>
      openPage(app, path),
    )
    for (const { html } of await Promise.all(pages)) {
      expect(decodeHtml(html)).toContain(email)
      expect(html).not.toMatch(/<script|onerror|alert/)
    }
  })

  it('is in a frame that runs no script, submits no form and loads nothing', async () => {
    const wrapperPage = await openPage(app, `/dev/mail/${id}`)
    const [, sandbox] = /<iframe[^>]*sandbox="([^"]*)"/.exec(wrapperPage.html) ?? []
    expect(sandbox).toBe('allow-popups allow-popups-to-escape-sandbox')
    const policy = wrapperPage.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; frame-src 'self'; /)
    expect(policy).toContain("frame-ancestors 'none'")
    const framed = await openPage(app, `/dev/mail/${id}/html`)
    expect(framed.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    )
  })
})

it('in production there is no preview, and no e-mail is kept', async () => {
  const production = await startApp({
    env: {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://auth.example.com',
      SMTP_URL: mailbox.url,
      MAIL_FROM: 'Fish <fish@example.com>',
    },
  })
  try {
    const { email } = await registerPerson(production, newEmail())
    await production.deliver()
    expect(mailbox.to(email)).toHaveLength(1)
    expect(production.app.services.recentMail).toBeNull()
    const sent = await production.db.outboxMessage.findFirstOrThrow({ where: { recipient: email } })
    for (const path of ['/dev/mail', `/dev/mail/${sent.id}`, `/dev/mail/${sent.id}/html`]) {
      const { status, html } = await openPage(production, path)
      expect(status).toBe(404)
      expect(html).not.toContain(email)
    }
  } finally {
    await production.close()
  }
})
