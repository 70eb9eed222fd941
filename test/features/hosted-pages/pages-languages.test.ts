import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { registerPerson } from '../../support/app/client.js'
import { sendRaw } from '../../support/app/raw-http.js'
import {
  headingOf,
  getMailedLink,
  openPage,
  problemsOf,
  sendForm,
  submitForm,
} from '../../support/browser/hosted-pages.js'

const app = await startApp({ env: { CORS_ORIGINS: 'https://app.example.com' } })
afterAll(app.close)

const headings = {
  en: 'Forgot your password?',
  de: 'Passwort vergessen?',
  es: '¿Ha olvidado su contraseña?',
} as const
type Language = keyof typeof headings

const languageOf = (html: string) => /<html lang="([^"]*)"/.exec(html)?.[1]

describe('the language of a page is the preferred language of the browser', () => {
  it.each<[string, Language]>([
    ['', 'en'],
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['de-DE-1996', 'de'],
    ['es-419,es;q=0.9,en;q=0.8', 'es'],
    ['en-GB,en;q=0.9,de;q=0.8', 'en'],
    ['fr', 'en'],
    ['fr, es;q=0.1', 'es'],
    ['fr-CH, fr;q=0.9, de;q=0.7, en;q=0.8, *;q=0.5', 'en'],
    ['en;q=0.1, de;q=0.2, es;q=0.3', 'es'],
    ['es, de', 'es'],
    ['de;q=1.000, es;q=0.999', 'de'],
    ['de ; q=0.5 , es ; q=0.7', 'es'],
    ['de;q=0, es;q=0.1', 'es'],
    ['de;q=0', 'en'],
    ['de;q=0, de-AT', 'en'],
    ['en;q=0, *', 'de'],
    ['*;q=0.5, de;q=0.1', 'en'],
    ['en;q=0, *;q=0.5, de;q=0.1', 'es'],
    ['*', 'en'],
    // An invalid range is ignored.
    ['de;q=2', 'en'],
    ['de;q=0.5555, es;q=0.1', 'es'],
    ['de_AT', 'en'],
    ['deutsch', 'en'],
    ['der', 'en'],
    [';q=1,,de', 'de'],
    ['"><script>', 'en'],
    ['__proto__, constructor, es;q=0.1', 'es'],
  ])('%j: %s', async (accepted, language) => {
    const headers = { 'accept-language': accepted }
    const { html, headers: sent } = await openPage(app, '/forgot-password', headers)
    expect([languageOf(html), sent.get('content-language')]).toEqual([language, language])
    expect(headingOf(html)).toBe(headings[language])
    expect(html).not.toContain('script')
  })

  it('is English without a preference', async () => {
    const answer = await sendRaw(
      app,
      'GET /forgot-password HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    )
    expect(languageOf(answer)).toBe('en')
  })

  it('in a long list', async () => {
    const start = performance.now()
    for (const long of ['a-', 'de;q=0.1,', ' ', ';q=0', '*,', 'de-AT-', 'q=']) {
      const header = `${long.repeat(15_000 / long.length)}x`
      const { status } = await openPage(app, '/forgot-password', { 'accept-language': header })
      expect(status).toBe(200)
    }
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})

it('the Vary header names the request headers of a page', async () => {
  const origin = 'https://app.example.com'
  const { headers } = await openPage(app, '/forgot-password', { origin })
  const names = (headers.get('vary') ?? '').toLowerCase().split(/\s*,\s*/)
  expect(names.sort()).toEqual(['accept-language', 'origin'])
})

describe.each<[Language, string, string, string, string]>([
  [
    'de',
    'Das Passwort ist falsch.',
    'Adresse bestätigt',
    'Dieser Link funktioniert nicht. Er wurde schon benutzt, oder eine neuere E-Mail hat ihn ersetzt.',
    'Das ist keine E-Mail-Adresse. Sie sollte aussehen wie ana@example.com.',
  ],
  [
    'es',
    'La contraseña no es correcta.',
    'Dirección confirmada',
    'Este enlace no funciona. Ya se ha usado, o un correo más reciente lo ha sustituido.',
    'Esto no es una dirección de correo. Debería ser como ana@example.com.',
  ],
])('in %s', (language, wrong, done, deadLink, missingEmail) => {
  const headers = { 'accept-language': language }

  it('every outcome of a form has its texts', async () => {
    const { email, password } = await registerPerson(app)
    const page = await openPage(app, await getMailedLink(app, email), headers)
    const guessed = await submitForm(app, page, { password: 'wrong' }, headers)
    expect(problemsOf(guessed.html)).toEqual([wrong])
    const confirmed = await submitForm(app, page, { password }, headers)
    expect(headingOf(confirmed.html)).toBe(done)
    app.clock.advance('1m') // within a minute it is a duplicate
    const again = await submitForm(app, page, { password }, headers)
    expect(problemsOf(again.html)).toEqual([deadLink])
    const typed = await sendForm(app, '/forgot-password', { email: 'ada' }, headers)
    expect(problemsOf(typed.html)).toEqual([missingEmail])
    const notices = [
      await openPage(app, '/verify-email', headers),
      await sendForm(app, '/verify-email', '', headers),
      await sendForm(app, '/verify-email', '', { ...headers, 'sec-fetch-site': 'cross-site' }),
    ]
    for (const { html } of [guessed, confirmed, again, typed, ...notices]) {
      expect(languageOf(html)).toBe(language)
      expect(html).not.toMatch(/undefined|\{\{/)
    }
  })
})
