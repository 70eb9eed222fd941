import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emailKinds } from '../../../src/compose/features.js'
import { loadTemplates } from '../../../src/features/mail/templates.js'
import { StartupError } from '../../../src/platform/errors.js'
import { createTemplateFolder, type TemplateFiles } from '../../support/mail/template-folder.js'
import { hasLink, kindNames } from '../../support/mail/email-kinds.js'

/** The first kind with a link: its template is checked first. */
const kindWithLink = kindNames.find(hasLink) ?? ''

const texts = (message: object) => ({ messages: { RESET_PASSWORD: message } })

const brokenFiles: [
  problem: string,
  file: string,
  content: TemplateFiles[string],
  message: string,
][] = [
  ['an unknown file name', 'readme.md', 'x', 'is not a known file name. Expected layout.html, '],
  ['a kind that does not exist', 'goodbye.html', 'x', 'is not a known file name'],
  ['a kind in another spelling', 'RESET_PASSWORD.html', '{{url}}', 'is not a known file name'],
  ['no language', 'texts.json', {}, 'is not a known file name'],
  ['a language spelled otherwise', 'pt-br.json', {}, 'is not a known file name'],
  ['an impossible language', 'de-x.json', {}, 'is not a known file name'],
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
  ['a value that is not escaped', 'layout.html', '{{{subject}}}', '{{&subject}} is not allowed'],
  ['a partial template', 'layout.html', '{{> head}}', '{{>head}} is not allowed'],
  ['other delimiters', 'layout.html', '{{=<% %>=}}<% porduct %>', 'is not allowed'],
  [
    'a layout without the link',
    'layout.html',
    '{{subject}}',
    `the link of ${kindWithLink}. Add {{url}}.`,
  ],
  [
    'a text without the link',
    'layout.txt',
    '{{subject}}',
    `the link of ${kindWithLink}. Add {{url}}.`,
  ],
  [
    'one without the link',
    'reset-password.html',
    '<p>',
    'the link of RESET_PASSWORD. Add {{url}}.',
  ],
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
    'messages.RESET_PASSWORD.paragraphs.1: {{porduct}} is not a value of this file. Allowed: product, email, lifetime',
  ],
  [
    'a placeholder of another kind',
    'fr.json',
    { messages: { ADDRESS_TAKEN: { subject: '{{lifetime}}' } } },
    '{{lifetime}} is',
  ],
  [
    'a section in a text',
    'fr.json',
    texts({ subject: '{{#email}}x{{/email}}' }),
    'None is allowed here.',
  ],
  ['a text that does not parse', 'fr.json', texts({ action: '{{email' }), 'action: Unclosed tag'],
  ['a placeholder in the footer', 'fr.json', { footer: '{{lifetime}}' }, 'footer: {{lifetime}} is'],
]

describe('the start refuses a folder because of', () => {
  const refusal = (folder: string) =>
    loadTemplates({ kinds: emailKinds, folder, product: 'Acme' }).then(
      () => expect.fail('it was taken'),
      (error: unknown) => error as Error,
    )

  it.each(brokenFiles)('%s: %s', async (_, file, content, message) => {
    const folder = createTemplateFolder({ [file]: content })
    const error = await refusal(folder)
    expect(error).toBeInstanceOf(StartupError)
    expect(error.message).toContain(`MAIL_TEMPLATES: ${join(folder, file)}: `)
    expect(error.message).toContain(message)
  })

  it('a missing path, and a path that is not a folder', async () => {
    const file = join(createTemplateFolder({ 'layout.html': 'x' }), 'layout.html')
    for (const invalidFolder of [join(createTemplateFolder({}), 'nowhere'), file]) {
      const error = await refusal(invalidFolder)
      expect(error).toBeInstanceOf(StartupError)
      expect(error.message).toContain(
        `MAIL_TEMPLATES: ${invalidFolder}: cannot be read as a folder`,
      )
    }
  })

  it('a folder instead of a file', async () => {
    const folder = createTemplateFolder({})
    mkdirSync(join(folder, 'fr.json'))
    expect((await refusal(folder)).message).toContain('fr.json: cannot be read')
  })
})
