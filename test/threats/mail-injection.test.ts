// An attacker who registers another person's address chooses the text near it. A line break would start a header of the
// attacker (CWE-93; OWASP "Testing for IMAP SMTP injection"). A second address would receive the mail too. A trusted
// service would deliver the attacker's name or device text, including links. Sent mail therefore has one recipient, our
// own headers, and none of the typed text except the address.
import { domainToUnicode } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RegisterDocument, UpdateProfileDocument } from '@latchkey/client/operations'
import { startApp, type TestApp } from '../support/app/app.js'
import { call, goodPassword, newEmail, getAuthPayload } from '../support/app/client.js'
import { requestEmailChangeAs, describeResult } from '../support/mail/mailed-link-outcomes.js'
import { requestPasswordReset, requestVerification } from '../support/mail/mailed-links.js'
import { startMailbox, type Mailbox, type ReceivedMail } from '../support/mail/mailbox.js'
import { trackChanges } from '../support/database/track-changes.js'

let mailbox: Mailbox
let app: TestApp
beforeAll(async () => {
  mailbox = await startMailbox()
  const env = { SMTP_URL: mailbox.url, MAIL_FROM: 'Sample <no-reply@sample.example>' }
  app = await startApp({ env })
})
afterAll(async () => {
  await app.close()
  await mailbox.close()
})

// A marker that the test can find in every encoding.
const marker = 'Zz0injected'
const ownHeaders = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
  'x-auto-response-suppress',
]
const envelopes = { from: 'no-reply@sample.example', name: 'Sample' }

/** The test relay writes recipients in this form: it decodes `xn--`. */
const toUnicodeEmail = (address: string) => {
  const domainStart = address.lastIndexOf('@') + 1
  return address.slice(0, domainStart) + domainToUnicode(address.slice(domainStart))
}

/** The message has one recipient, only the headers of Latchkey, and the given texts. */
function expectOwnContent(
  { from, to, source, mail }: ReceivedMail,
  address: string,
  ownTexts: string[],
) {
  expect([from, to]).toEqual([envelopes.from, [toUnicodeEmail(address)]])
  expect(mail.headers.map(({ key }) => key).sort()).toEqual(ownHeaders)
  expect(mail.from).toMatchObject({ address: envelopes.from, name: envelopes.name })
  expect(mail.to).toEqual([{ address, name: '' }])
  expect([mail.cc, mail.bcc, mail.replyTo, mail.attachments]).toEqual([
    undefined,
    undefined,
    undefined,
    [],
  ])
  const [head = ''] = source.split('\r\n\r\n')
  expect(source.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  const words = [head, mail.subject, mail.text, mail.html].join('\n')
  const rest = ownTexts.reduce((text, one) => text.replaceAll(one, ''), words)
  expect(rest).not.toMatch(new RegExp(marker, 'i'))
  expect(rest).not.toMatch(/evil\.example|<script|bcc\s*:/i)
}

const registerAs = (input: Record<string, string>, headers = {}) =>
  call(
    app,
    RegisterDocument,
    { input: { email: newEmail(), password: goodPassword, ...input } },
    { headers },
  )

const userAgent = { 'user-agent': `${marker} <script>alert(1)</script> Bcc: x@evil.example` }

it.each<[string, Record<string, string>]>([
  [
    'HTML',
    {
      name: `<script>${marker}</script><a href="https://evil.example">`,
      username: `${marker}.evil`,
      deviceName: `<img src=x onerror=${marker}>`,
    },
  ],
  [
    'headers',
    {
      name: `"${marker}" <x@evil.example>, Bcc: y@evil.example Subject: free`,
      locale: 'en-x-Zz0injec-ted',
      deviceName: `${marker}\r\nBcc: x@evil.example\r\n\r\n<script>`,
    },
  ],
  [
    'templates',
    {
      name: `{{url}} {{{html}}} {{#x}} ${marker}`,
      deviceName: `{{product}}\u2028Bcc: x@evil.example\u0085${marker}`,
    },
  ],
])('%s in a name, a device or a browser never reaches the mail', async (_, typed) => {
  const email = newEmail()
  const person = getAuthPayload((await registerAs({ email, ...typed }, userAgent)).data?.register)
  const options = { headers: userAgent }
  const bio = `${marker}\nBcc: x@evil.example`
  const input = { bio, image: `https://evil.example/${marker}.png` }
  await call(app, UpdateProfileDocument, { input }, { token: person.accessToken })
  await requestPasswordReset(app, email, options)
  await requestVerification(app, email, options)
  const moved = newEmail()
  await requestEmailChangeAs(app, person, moved, options)
  await app.deliver()

  expect(mailbox.to(email)).toHaveLength(4)
  expect(mailbox.to(moved)).toHaveLength(1)
  for (const mail of mailbox.to(email)) expectOwnContent(mail, email, [])
  for (const mail of mailbox.to(moved)) expectOwnContent(mail, moved, [])
})

it('line breaks in stored text are refused, and nothing is sent', async () => {
  const typed = [
    { name: `${marker}\r\nBcc: x@evil.example` },
    { name: `${marker}\nBcc: x@evil.example` },
    { name: `${marker}\u2028Bcc: x@evil.example` },
    { username: `${marker}\r\nBcc` },
  ]
  const { result, touched } = await trackChanges(app, () =>
    Promise.all(typed.map((it) => registerAs(it))),
  )
  const outcomes = result.map(({ data }) => data?.register)
  for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 'INVALID_INPUT' })
  expect(touched).toEqual([])
})

it('line breaks in a locale leave no trace in the mail', async () => {
  for (const locale of ['en\r\nBcc: x@evil.example', 'en"><script>']) {
    const email = newEmail()
    getAuthPayload((await registerAs({ email, locale })).data?.register)
    expect(await app.db.user.findUniqueOrThrow({ where: { email } })).toMatchObject({
      locale: null,
    })
  }
  await app.deliver()
})

describe('an address', () => {
  const two = 'a@evil.example'

  const lists = [
    `b@example.com,${two}`,
    `b@example.com;${two}`,
    `b@example.com ${two}`,
    `b@example.com\r\nBcc: ${two}`,
    `b@example.com\nBcc:${two}`,
    `b@example.com\r\nRCPT TO:<${two}>`,
    `b@example.com%0d%0aBcc:${two}`,
    `b@example.com> RCPT TO:<${two}`,
    `B <b@example.com>`,
    `"B" <b@example.com>`,
    `"b@evil.example,"@example.com`,
    `"b\\r\\n"@example.com`,
    `b@example.com (${two})`,
    `b＠example.com`,
    `b@evil.example＠example.com`,
    `b@[127.0.0.1]`,
    `group:b@example.com,${two};`,
    `b@example.com\t${two}`,
    `${two} b@example.com`,
  ]

  it('that contains more than one is invalid: no mail is sent', async () => {
    const before = mailbox.received.length
    const requests = lists.map(async (email) => {
      const { data } = await registerAs({ email })
      const answers = [
        await requestPasswordReset(app, email),
        await requestVerification(app, email),
      ]
      const codes = answers.map(({ errors }) => errors[0]?.extensions['code'])
      return [email, describeResult(data?.register), ...codes]
    })
    const { result, touched } = await trackChanges(app, () => Promise.all(requests))
    const refusals = ['INVALID_INPUT', 'BAD_USER_INPUT', 'BAD_USER_INPUT']
    expect(result).toEqual(lists.map((email) => [email, ...refusals]))
    expect(touched).toEqual([])
    await app.deliver()
    expect(mailbox.received).toHaveLength(before)
  })

  // RFC 5322 atext: all of these are one mailbox.
  it.each([
    `o'neil+${marker}@example.com`.toLowerCase(),
    'a!#$%&*/=?^_`{|}~b@example.com',
    '{{product}}@example.com',
    '{{{url}}}@example.com',
    '{{%footer%}}@example.com',
    'bcc=x@example.com',
    '-oq/tmp/x@example.com',
    'b&lt@example.com',
    'user@bücher.example',
  ])('of unusual characters is one recipient, and nothing else: %s', async (typed) => {
    const payload = (await registerAs({ email: typed }, userAgent)).data?.register
    const { email } = getAuthPayload(payload).user
    await requestPasswordReset(app, email ?? '')
    await app.deliver()
    const mails = mailbox.to(toUnicodeEmail(email ?? ''))
    expect(mails).toHaveLength(2)
    const escaped = (email ?? '').replace(/[&'`=/]/g, (it) => entities[it] ?? it)
    for (const one of mails) {
      expectOwnContent(one, email ?? '', [email ?? '', escaped])
      expect(one.mail.text).toContain(email)
      expect(one.mail.html).toContain(escaped)
    }
  })
})

// The entities that Mustache writes for these characters.
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  "'": '&#39;',
  '`': '&#x60;',
  '=': '&#x3D;',
  '/': '&#x2F;',
}
