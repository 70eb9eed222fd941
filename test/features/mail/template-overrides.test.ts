import { describe, expect, it, test } from 'vitest'
import { emailKinds } from '../../../src/compose/features.js'
import { loadTemplates } from '../../../src/features/mail/templates.js'
import { hasLink, kindNames, createSampleEmail } from '../../support/mail/email-kinds.js'
import { createTemplateFolder, type TemplateFiles } from '../../support/mail/template-folder.js'

const load = (files: TemplateFiles) =>
  loadTemplates({ kinds: emailKinds, folder: createTemplateFolder(files), product: 'Acme' })

const url = 'https://app.example.com/page?token=a_b'
const escapedUrl = 'https:&#x2F;&#x2F;app.example.com&#x2F;page?token&#x3D;a_b'

const sampleEmail = (kind: string, locale: string | null = null) =>
  createSampleEmail(kind, url, { locale, email: 'a&b@example.org' })
const builtIn = await loadTemplates({ kinds: emailKinds, folder: null, product: 'Acme' })

describe('a template of the operator', () => {
  it('replaces the layout of its format for all e-mails', async () => {
    const page =
      '<html lang="{{language}}"><h1>{{subject}}</h1>{{#url}}{{url}}{{/url}}{{^url}}-{{/url}}'
    const { render } = await load({ 'layout.html': page })
    for (const kind of kindNames) {
      const { html, text, subject } = render(sampleEmail(kind))
      const end = hasLink(kind) ? escapedUrl : '-'
      expect(html).toBe(`<html lang="en"><h1>${subject}</h1>${end}`)
      expect(text).toBe(builtIn.render(sampleEmail(kind)).text)
    }
  })

  it('overrides the operator’s layout for its own kind', async () => {
    const { render } = await load({
      'layout.txt': '{{footer}} {{#url}}{{url}}{{/url}}',
      'reset-password.txt': '{{email}}, {{lifetime}}: {{url}}',
      'password-changed.html': '<p>{{email}}</p>',
    })
    expect(render(sampleEmail('RESET_PASSWORD')).text).toBe(`a&b@example.org, 1 hour: ${url}\n`)
    expect(render(sampleEmail('VERIFY_EMAIL')).text).toMatch(`account. ${url}\n`)
    expect(render(sampleEmail('PASSWORD_CHANGED')).html).toBe('<p>a&amp;b@example.org</p>')
    expect(render(sampleEmail('EMAIL_CHANGE_REQUESTED')).html).toBe(
      builtIn.render(sampleEmail('EMAIL_CHANGE_REQUESTED')).html,
    )
  })

  it('can use all values of the built-in templates', async () => {
    const commonPlaceholders = ['language', 'direction', 'subject', 'footer', 'product', 'email']
    const linkPlaceholders = ['url', 'action', 'linkHint', 'lifetime']
    const printPlaceholders = (names: string[]) =>
      names.map((name) => `${name}=[{{${name}}}]`).join(' ')
    const template = `{{! all }}${printPlaceholders(commonPlaceholders)} {{#paragraphs}}<{{.}}>{{/paragraphs}} {{#url}}${printPlaceholders(linkPlaceholders)}{{/url}} {{#closing}}<{{.}}>{{/closing}}`
    const kindFiles = kindNames.flatMap((kind) => {
      const stem = kind.toLowerCase().replaceAll('_', '-')
      return [
        [`${stem}.html`, template],
        [`${stem}.txt`, template],
      ]
    })
    const loaded = [
      await load({ 'layout.html': template, 'layout.txt': template }),
      await load(Object.fromEntries(kindFiles) as TemplateFiles),
    ]
    for (const { render } of loaded) {
      for (const kind of kindNames) {
        const { html, text } = render(sampleEmail(kind))
        for (const part of [html, text]) expect(part).not.toMatch(/\[\]|<>/)
      }
    }
  })

  it('can start with a byte order mark', async () => {
    const { render } = await load({ 'layout.txt': '\uFEFF{{#url}}{{url}}{{/url}}' })
    expect(render(sampleEmail('VERIFY_EMAIL')).text).toBe(`${url}\n`)
  })
})

describe('texts of the operator', () => {
  const subject = (text: string) => ({ messages: { RESET_PASSWORD: { subject: text } } })

  it('override only the texts that they contain', async () => {
    const { render } = await load({ 'de.json': { ...subject('Neu: {{product}}'), footer: 'Ende' } })
    const changed = render(sampleEmail('RESET_PASSWORD', 'de-AT'))
    const before = builtIn.render(sampleEmail('RESET_PASSWORD', 'de-AT'))
    expect(changed.subject).toBe('Neu: Acme')
    expect(changed.language).toBe('de')
    const footer =
      'Acme hat diese E-Mail an a&b@example.org gesendet, weil diese Adresse für ein Konto angegeben wurde.'
    expect(changed.text).toBe(before.text.replace(footer, 'Ende'))
    expect(render(sampleEmail('RESET_PASSWORD', 'es'))).toEqual(
      builtIn.render(sampleEmail('RESET_PASSWORD', 'es')),
    )
  })

  it('add a language, with English for missing texts', async () => {
    const { render } = await load({ 'fr.json': subject('Nouveau mot de passe') })
    const mail = render(sampleEmail('RESET_PASSWORD', 'fr-CA'))
    expect(mail).toMatchObject({ subject: 'Nouveau mot de passe', language: 'fr' })
    expect(mail.html).toContain('<html lang="fr" dir="ltr">')
    expect(mail.text).toMatch(/after 1\sheure\./)
  })

  it('add a regional language on top of the wider language and the overridden English', async () => {
    const { render } = await load({
      'en.json': { footer: 'The end' },
      'fr-CA.json': subject('Québec'),
      'fr.json': { ...subject('France'), linkHint: 'Ouvrez :' },
      'da.json': subject('Danmark'),
      'de-CH.json': subject('Schweiz'),
    })
    const mail = (locale: string) => render(sampleEmail('RESET_PASSWORD', locale))
    expect(mail('fr-CA-x-any')).toMatchObject({ subject: 'Québec', language: 'fr-CA' })
    expect(mail('fr-ca').html).toContain('Ouvrez :')
    expect(mail('fr-BE')).toMatchObject({ subject: 'France', language: 'fr' })
    expect(mail('da').text).toMatch(/The end\n$/)
    expect(mail('zz').text).toMatch(/The end\n$/)
    expect(mail('de-CH').text).toContain('1 Stunde')
  })

  it('can be written from right to left and can omit the closing', async () => {
    const closing = { messages: { PASSWORD_CHANGED: { closing: [] } } }
    const { render } = await load({ 'he.json': { direction: 'rtl', ...closing } })
    const { html } = render(sampleEmail('PASSWORD_CHANGED', 'he'))
    expect(html).toContain('<html lang="he" dir="rtl">')
    expect(html).not.toContain('If this was not you')
  })

  it('are text and not HTML, and their subject is one line', async () => {
    const { render } = await load({ 'en.json': subject('<b>New</b>\nBcc: eve@example.com') })
    const mail = render(sampleEmail('RESET_PASSWORD'))
    expect(mail.subject).toBe('<b>New</b> Bcc: eve@example.com')
    expect(mail.html).not.toContain('<b>')
  })
})

test('a folder can be empty, and its dot files are ignored', async () => {
  const { render } = await load({ '.DS_Store': 'x', '.fr.json.swp': '{' })
  for (const kind of kindNames)
    expect(render(sampleEmail(kind))).toEqual(builtIn.render(sampleEmail(kind)))
})
