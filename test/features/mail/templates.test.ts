import { describe, expect, it, test } from 'vitest'
import { emailKinds } from '../../../src/compose/features.js'
import type { BuiltInLanguage, EmailText } from '../../../src/features/mail/email-kind.js'
import type { RenderInput } from '../../../src/features/mail/email-view.js'
import { loadTemplates } from '../../../src/features/mail/templates.js'
import { contrastRatio, textsWithColors } from '../../support/browser/contrast.js'
import { hasLink, kindNames, getKind, createSampleEmail } from '../../support/mail/email-kinds.js'
import { decodeHtml } from '../../support/browser/hosted-pages.js'

const product = 'Fish & Ships'
const templates = await loadTemplates({ kinds: emailKinds, folder: null, product })

const linkOf = (kind: string) =>
  `https://app.example.com${getKind(kind).path ?? ''}?token=Zm9v_-8&from=mail`

const sampleEmail = (kind: string, overrides: Partial<Omit<RenderInput, 'kind'>> = {}) =>
  createSampleEmail(kind, linkOf(kind), overrides)

const kindsAndLocales = ['en', 'de', 'es'].flatMap((locale) =>
  kindNames.map((kind) => ({ kind, locale })),
)

describe.each(kindsAndLocales)('$kind in $locale', ({ kind, locale }) => {
  const mail = templates.render(sampleEmail(kind, { locale }))
  const html = decodeHtml(mail.html)

  it('is complete', () => {
    expect(mail.language).toBe(locale)
    expect(mail.html).toContain(`<html lang="${locale}" dir="ltr">`)
    const [, heading = ''] = /<h1[^>]*>([^<]*)<\/h1>/.exec(mail.html) ?? []
    expect(decodeHtml(heading)).toBe(mail.subject)
    for (const part of [mail.subject, html, mail.text]) {
      expect(part).toContain(product)
      expect(part).not.toMatch(/\{\{|\}\}|undefined|null|NaN|\[object/)
    }
    for (const part of [html, mail.text]) expect(part).toContain('ada@example.com')
    expect(mail.text).not.toMatch(/<|&\w+;|\n{3}| \n/)
  })

  it('has its link as a button and as text exactly if the kind has a link', () => {
    const link = linkOf(kind)
    const countOccurrences = (text: string) => text.split(link).length - 1
    expect(countOccurrences(html)).toBe(hasLink(kind) ? 3 : 0)
    expect(html.split(`href="${link}"`).length - 1).toBe(hasLink(kind) ? 2 : 0)
    expect(mail.text.split('\n').filter((line) => line === link)).toHaveLength(
      hasLink(kind) ? 1 : 0,
    )
  })

  it('loads nothing and has no other links', () => {
    for (const part of [html, mail.text]) {
      expect(part.replaceAll(linkOf(kind), '')).not.toMatch(/http|\/\/|src=|url\(|@import|<link/i)
    }
  })

  it('tells the lifetime of the link', () => {
    const duration = { en: '1 hour', de: '1 Stunde', es: '1 hora' }[locale]
    for (const part of [html, mail.text]) expect(part.includes(duration ?? '')).toBe(hasLink(kind))
  })

  it.each(['light', 'dark'] as const)('is readable on a %s screen', (scheme) => {
    const texts = textsWithColors(mail.html, scheme)
    expect(texts.length).toBeGreaterThanOrEqual(hasLink(kind) ? 7 : 4)
    const lowContrast = texts.filter(
      ({ color = '', 'background-color': background = '' }) =>
        contrastRatio(color, background) < 4.5,
    )
    expect(lowContrast).toEqual([])
  })
})

test('contrast is measured as in WCAG, for light and dark colours', () => {
  expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrastRatio('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  const { html } = templates.render(sampleEmail('RESET_PASSWORD'))
  const button = (scheme: 'light' | 'dark') =>
    textsWithColors(html, scheme).find(({ text }) => text === 'Set a new password')
  expect(button('light')).toMatchObject({ color: '#ffffff', 'background-color': '#1d4ed8' })
  expect(button('dark')).toMatchObject({ color: '#10151c', 'background-color': '#8ab4f8' })
})

describe('a hostile value', () => {
  const hostile = `"><script>alert('x')</script>\r\nBcc: eve@example.com\u2028{{product}}{{{footer}}}`
  const oneLine = hostile.replace('\r\n', ' ').replace('\u2028', ' ')

  it.each(kindNames)('is only text in %s', async (kind) => {
    const { render } = await loadTemplates({ kinds: emailKinds, folder: null, product: hostile })
    const { subject, html, text } = render(sampleEmail(kind, { email: hostile }))
    expect(subject).toContain(oneLine)
    expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
    expect(html).not.toMatch(/<script|"><|'x'/)
    expect(decodeHtml(html)).toContain(oneLine)
    expect(text).toContain(oneLine)
    expect(text).not.toMatch(/^Bcc|\r|\u2028/m)
  })

  it('with a name that no text may use does not appear', () => {
    const typed = { name: 'win at evil.example', newEmail: 'evil', footer: 'evil' }
    const mail = templates.render({ ...sampleEmail('VERIFY_EMAIL'), ...typed })
    expect(JSON.stringify(mail)).not.toContain('evil')
  })

  it('in the link stays inside its attribute', () => {
    const url = 'https://app.example.com/?token=a"onclick="b<i>'
    const { html } = templates.render(sampleEmail('VERIFY_EMAIL', { url }))
    expect(html).not.toMatch(/"onclick|<i>/)
    expect(decodeHtml(html)).toContain(url)
  })
})

it('an e-mail without a required value is refused', () => {
  expect(() => templates.render(sampleEmail('VERIFY_EMAIL', { lifetimeMs: null }))).toThrow(
    'needs lifetime',
  )
  expect(() => templates.render(sampleEmail('VERIFY_EMAIL', { url: null }))).toThrow('needs a link')
  const url = 'https://app.example.com/'
  expect(() => templates.render(sampleEmail('ADDRESS_TAKEN', { url }))).toThrow('has no link')
})

describe('all languages', () => {
  const outline = (language: BuiltInLanguage) =>
    emailKinds.map(({ name: kind, texts }) => {
      const message: EmailText = texts[language]
      const names = JSON.stringify(message).matchAll(/\{\{(\w+)\}\}/g)
      const placeholders = [...new Set([...names].map(([, name]) => name))].sort()
      return { kind, placeholders, parts: Object.keys(message).sort() }
    })

  it.each(['de', 'es'] as const)('have the same parts as English: %s', (language) => {
    expect(outline(language)).toEqual(outline('en'))
  })

  it('use only the placeholders of each kind', () => {
    const placeholders = Object.fromEntries(
      outline('en').map((message) => [message.kind, message.placeholders]),
    )
    expect(placeholders).toMatchObject({
      RESET_PASSWORD: ['email', 'lifetime', 'product'],
      ADDRESS_TAKEN: ['email', 'product'],
      EMAIL_CHANGED: ['email', 'lifetime', 'product'],
      EMAIL_CHANGE_CONFIRMED: ['email', 'product'],
      EMAIL_CHANGE_UNDONE: ['product'],
    })
  })
})

describe('the language', () => {
  it.each([
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['de-Latn-CH-1996', 'de'],
    ['es-419', 'es'],
    ['en-GB', 'en'],
    ['fr', 'en'],
    ['zz', 'en'],
    ['d', 'en'],
    ['', 'en'],
    ['deutsch', 'en'],
    ['constructor', 'en'],
    [null, 'en'],
  ])('for %s is %s', (locale, language) => {
    expect(templates.render(sampleEmail('PASSWORD_CHANGED', { locale })).language).toBe(language)
  })
})

it.each([
  ['en', 60_000, '1 minute'],
  ['en', 30_000, '0.5 minutes'],
  ['de', 15 * 60_000, '15 Minuten'],
  ['de', 90 * 60_000, '90 Minuten'],
  ['es', 2 * 3_600_000, '2 horas'],
  ['en', 24 * 3_600_000, '24 hours'],
  ['en', 72 * 3_600_000, '3 days'],
  ['de', 7 * 24 * 3_600_000, '7 Tage'],
])('a lifetime is rendered in words: in %s, %i ms are %s', (locale, lifetime, words) => {
  const { text } = templates.render(sampleEmail('VERIFY_EMAIL', { locale, lifetimeMs: lifetime }))
  expect(text).toContain(` ${words}.`)
})
