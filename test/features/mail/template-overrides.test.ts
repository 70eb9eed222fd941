import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import { kindNames, messageKinds, type Letter } from '../../../src/features/mail/message-kinds.js'
import { loadTemplates } from '../../../src/features/mail/templates.js'
import { StartupError } from '../../../src/platform/errors.js'

const parent = mkdtempSync(join(tmpdir(), 'latchkey-templates-'))
afterAll(() => {
  rmSync(parent, { recursive: true })
})

type Files = Record<string, string | Uint8Array | object>

let folders = 0
/** A folder of these files; what is neither text nor bytes is written as JSON. */
function folderOf(files: Files) {
  const folder = join(parent, `${(folders += 1)}`)
  mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) {
    const isRaw = typeof content === 'string' || content instanceof Uint8Array
    writeFileSync(join(folder, name), isRaw ? content : JSON.stringify(content))
  }
  return folder
}

const load = (files: Files) => loadTemplates({ folder: folderOf(files), product: 'Acme' })

const url = 'https://app.example.com/page?token=a_b'
const escapedUrl = 'https:&#x2F;&#x2F;app.example.com&#x2F;page?token&#x3D;a_b'

function letter(kind: Letter['kind'], locale: string | null = null): Letter {
  const link =
    messageKinds[kind].path === null ? { url: null, lifetime: null } : { url, lifetime: 3_600_000 }
  return {
    kind,
    locale,
    ...link,
    email: 'a&b@example.org',
  }
}
const builtIn = await loadTemplates({ folder: null, product: 'Acme' })

describe('a template of the operator’s own', () => {
  it('takes the place of the layout, for every message, in its format', async () => {
    const page =
      '<html lang="{{language}}"><h1>{{subject}}</h1>{{#url}}{{url}}{{/url}}{{^url}}-{{/url}}'
    const { render } = await load({ 'layout.html': page })
    for (const kind of kindNames) {
      const { html, text, subject } = render(letter(kind))
      const end = messageKinds[kind].path === null ? '-' : escapedUrl
      expect(html).toBe(`<html lang="en"><h1>${subject}</h1>${end}`)
      expect(text).toBe(builtIn.render(letter(kind)).text)
    }
  })

  it('wins for its own message over the operator’s layout', async () => {
    const { render } = await load({
      'layout.txt': '{{footer}} {{#url}}{{url}}{{/url}}',
      'reset-password.txt': '{{email}}, {{lifetime}}: {{url}}',
      'email-changed.html': '<p>{{email}}</p>',
    })
    expect(render(letter('RESET_PASSWORD')).text).toBe(`a&b@example.org, 1 hour: ${url}\n`)
    expect(render(letter('VERIFY_EMAIL')).text).toMatch(`account. ${url}\n`)
    expect(render(letter('EMAIL_CHANGED')).html).toBe('<p>a&amp;b@example.org</p>')
    expect(render(letter('EMAIL_CHANGE_REQUESTED')).html).toBe(
      builtIn.render(letter('EMAIL_CHANGE_REQUESTED')).html,
    )
  })

  it('can print all that the built-in ones can, everywhere', async () => {
    const common = ['language', 'direction', 'subject', 'footer', 'product', 'email']
    const inLink = ['url', 'action', 'linkHint', 'lifetime']
    const print = (names: string[]) => names.map((name) => `${name}=[{{${name}}}]`).join(' ')
    const template = `{{! all }}${print(common)} {{#paragraphs}}<{{.}}>{{/paragraphs}} {{#url}}${print(inLink)}{{/url}} {{#closing}}<{{.}}>{{/closing}}`
    const own = kindNames.flatMap((kind) => {
      const stem = kind.toLowerCase().replaceAll('_', '-')
      return [
        [`${stem}.html`, template],
        [`${stem}.txt`, template],
      ]
    })
    const loaded = [
      await load({ 'layout.html': template, 'layout.txt': template }),
      await load(Object.fromEntries(own) as Files),
    ]
    for (const { render } of loaded) {
      for (const kind of kindNames) {
        const { html, text } = render(letter(kind))
        for (const part of [html, text]) expect(part).not.toMatch(/\[\]|<>/)
      }
    }
  })

  it('may begin with a byte order mark', async () => {
    const { render } = await load({ 'layout.txt': '\uFEFF{{#url}}{{url}}{{/url}}' })
    expect(render(letter('VERIFY_EMAIL')).text).toBe(`${url}\n`)
  })
})

describe('texts of the operator’s own', () => {
  const subject = (text: string) => ({ messages: { RESET_PASSWORD: { subject: text } } })

  it('change what they name, and nothing else', async () => {
    const { render } = await load({ 'de.json': { ...subject('Neu: {{product}}'), footer: 'Ende' } })
    const changed = render(letter('RESET_PASSWORD', 'de-AT'))
    const before = builtIn.render(letter('RESET_PASSWORD', 'de-AT'))
    expect(changed.subject).toBe('Neu: Acme')
    expect(changed.language).toBe('de')
    const footer =
      'Diese Nachricht hat Acme an a&b@example.org gesendet, weil diese Adresse für ein Konto angegeben wurde.'
    expect(changed.text).toBe(before.text.replace(footer, 'Ende'))
    expect(render(letter('RESET_PASSWORD', 'es'))).toEqual(
      builtIn.render(letter('RESET_PASSWORD', 'es')),
    )
  })

  it('add a language, English where they are silent', async () => {
    const { render } = await load({ 'fr.json': subject('Nouveau mot de passe') })
    const mail = render(letter('RESET_PASSWORD', 'fr-CA'))
    expect(mail).toMatchObject({ subject: 'Nouveau mot de passe', language: 'fr' })
    expect(mail.html).toContain('<html lang="fr" dir="ltr">')
    expect(mail.text).toMatch(/for 1\sheure\./)
  })

  it('add a regional language, on top of the wider one and of a changed English', async () => {
    const { render } = await load({
      'en.json': { footer: 'The end' },
      'fr-CA.json': subject('Québec'),
      'fr.json': { ...subject('France'), linkHint: 'Ouvrez :' },
      'da.json': subject('Danmark'),
      'de-CH.json': subject('Schweiz'),
    })
    const mail = (locale: string) => render(letter('RESET_PASSWORD', locale))
    expect(mail('fr-CA-x-any')).toMatchObject({ subject: 'Québec', language: 'fr-CA' })
    expect(mail('fr-ca').html).toContain('Ouvrez :')
    expect(mail('fr-BE')).toMatchObject({ subject: 'France', language: 'fr' })
    expect(mail('da').text).toMatch(/The end\n$/)
    expect(mail('zz').text).toMatch(/The end\n$/)
    expect(mail('de-CH').text).toContain('1 Stunde')
  })

  it('can be read from right to left, and can do without a closing', async () => {
    const closing = { messages: { PASSWORD_CHANGED: { closing: [] } } }
    const { render } = await load({ 'he.json': { direction: 'rtl', ...closing } })
    const { html } = render(letter('PASSWORD_CHANGED', 'he'))
    expect(html).toContain('<html lang="he" dir="rtl">')
    expect(html).not.toContain('If it was not you')
  })

  it('are text, not HTML, and their subject is one line', async () => {
    const { render } = await load({ 'en.json': subject('<b>New</b>\nBcc: eve@example.com') })
    const mail = render(letter('RESET_PASSWORD'))
    expect(mail.subject).toBe('<b>New</b> Bcc: eve@example.com')
    expect(mail.html).not.toContain('<b>')
  })
})

test('a folder may be empty, and dot files in it are nobody’s business', async () => {
  const { render } = await load({ '.DS_Store': 'x', '.fr.json.swp': '{' })
  for (const kind of kindNames) expect(render(letter(kind))).toEqual(builtIn.render(letter(kind)))
})

const texts = (message: object) => ({ messages: { RESET_PASSWORD: message } })

const broken: [problem: string, file: string, content: Files[string], message: string][] = [
  ['a name that means nothing', 'readme.md', 'x', 'means nothing; expected layout.html, '],
  ['a kind that does not exist', 'goodbye.html', 'x', 'means nothing'],
  ['a kind in another spelling', 'RESET_PASSWORD.html', '{{url}}', 'means nothing'],
  ['no language', 'texts.json', {}, 'means nothing'],
  ['a language spelled otherwise', 'pt-br.json', {}, 'means nothing'],
  ['an impossible language', 'de-x.json', {}, 'means nothing'],
  ['a template that is empty', 'password-changed.txt', ' \n', 'is empty'],
  ['no UTF-8', 'layout.txt', Uint8Array.of(0xe4, 0x20), 'cannot be read as UTF-8'],
  ['a tag that is not closed', 'layout.html', '{{subject', 'Unclosed tag'],
  ['a section that is not closed', 'layout.html', '{{#url}}', 'Unclosed section "url"'],
  ['a section that is not open', 'layout.html', '{{/url}}', 'Unopened section "url"'],
  ['a value that does not exist', 'layout.html', '{{porduct}}', '{{porduct}} is not a value'],
  ['a value of another kind', 'address-taken.txt', '{{lifetime}}', '{{lifetime}} is not a value'],
  ['a value of some kinds', 'layout.txt', '{{lifetime}}', '{{lifetime}} is not a value'],
  ['a link for all kinds', 'layout.html', '<a href="{{url}}">', '{{url}} is not a value'],
  ['a link without one', 'layout.html', '{{^url}}{{url}}{{/url}}', '{{url}} is not a value'],
  ['a property of JavaScript', 'layout.html', '{{constructor}}', '{{constructor}} is not a value'],
  [
    'a section that does not exist',
    'layout.txt',
    '{{#name}}{{/name}}',
    '{{#name}} is not a section',
  ],
  ['a property as section', 'layout.txt', '{{#toString}}{{/toString}}', '{{#toString}} is not'],
  ['a value that is not escaped', 'layout.html', '{{{subject}}}', '{{&subject}} cannot be used'],
  ['a partial template', 'layout.html', '{{> head}}', '{{>head}} cannot be used'],
  ['other delimiters', 'layout.html', '{{=<% %>=}}<% porduct %>', 'cannot be used'],
  ['a layout without the link', 'layout.html', '{{subject}}', 'the link of VERIFY_EMAIL: {{url}}'],
  ['a text without the link', 'layout.txt', '{{subject}}', 'the link of VERIFY_EMAIL: {{url}}'],
  ['one without the link', 'reset-password.html', '<p>', 'the link of RESET_PASSWORD: {{url}}'],
  ['no JSON', 'fr.json', '{', 'is not JSON'],
  ['JSON of another kind', 'fr.json', '[]', 'expected object'],
  ['an unknown key', 'fr.json', { foter: 'x' }, '"foter"'],
  [
    'an unknown message',
    'fr.json',
    { messages: { HELLO: {} } },
    'messages: Unrecognized key: "HELLO"',
  ],
  ['an unknown part', 'fr.json', texts({ sujet: 'x' }), 'messages.RESET_PASSWORD: '],
  [
    'an action without link',
    'fr.json',
    { messages: { ADDRESS_TAKEN: { action: 'x' } } },
    '"action"',
  ],
  ['a text that is none', 'fr.json', texts({ subject: 1 }), 'messages.RESET_PASSWORD.subject: '],
  ['a text that is empty', 'fr.json', texts({ subject: ' ' }), 'subject: must not be empty'],
  ['no paragraph', 'fr.json', texts({ paragraphs: [] }), 'messages.RESET_PASSWORD.paragraphs: '],
  [
    'a placeholder that does not exist',
    'fr.json',
    texts({ paragraphs: ['a', '{{porduct}}'] }),
    'messages.RESET_PASSWORD.paragraphs.1: {{porduct}} is not a value that can be used here; these are: product, email, lifetime',
  ],
  [
    'a placeholder of another kind',
    'fr.json',
    { messages: { ADDRESS_TAKEN: { subject: '{{lifetime}}' } } },
    '{{lifetime}} is',
  ],
  ['a section in a text', 'fr.json', texts({ subject: '{{#email}}x{{/email}}' }), 'there is none'],
  ['a text that does not parse', 'fr.json', texts({ action: '{{email' }), 'action: Unclosed tag'],
  ['a placeholder in the footer', 'fr.json', { footer: '{{lifetime}}' }, 'footer: {{lifetime}} is'],
]

describe('a folder is refused at the start for', () => {
  const refusal = (folder: string) =>
    loadTemplates({ folder, product: 'Acme' }).then(
      () => expect.fail('it was taken'),
      (error: unknown) => error as Error,
    )

  it.each(broken)('%s: %s', async (_, file, content, message) => {
    const folder = folderOf({ [file]: content })
    const error = await refusal(folder)
    expect(error).toBeInstanceOf(StartupError)
    expect(error.message).toContain(`MAIL_TEMPLATES: ${join(folder, file)}: `)
    expect(error.message).toContain(message)
  })

  it('not being there, and being no folder', async () => {
    const file = join(folderOf({ 'layout.html': 'x' }), 'layout.html')
    for (const place of [join(parent, 'nowhere'), file]) {
      const error = await refusal(place)
      expect(error).toBeInstanceOf(StartupError)
      expect(error.message).toContain(`MAIL_TEMPLATES: ${place}: cannot be read as a folder`)
    }
  })

  it('a folder in the place of a file', async () => {
    const folder = folderOf({})
    mkdirSync(join(folder, 'fr.json'))
    expect((await refusal(folder)).message).toContain('fr.json: cannot be read')
  })
})
