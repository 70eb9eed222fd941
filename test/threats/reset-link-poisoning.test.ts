// A link that is built from the request's Host, or from what a proxy is said to have forwarded, sends the token to
// whoever made the request (CVE-2016-10073, CVE-2013-0305; OWASP Forgot Password Cheat Sheet, "URL tokens"; PortSwigger,
// "Password reset poisoning"). Links begin with the configured address and nothing else.
import { print } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RegisterDocument, RequestPasswordResetDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { goodPassword, newEmail, registerPerson, type Person } from '../support/app/client.js'
import { resetBy } from '../support/mail/link-words.js'
import { askForReset } from '../support/mail/mailed-links.js'
import { lastMailTo, mailTo } from '../support/mail/mail.js'
import { decode } from '../support/browser/pages.js'
import { sendRaw } from '../support/app/raw-http.js'

const evil = 'evil.example'
const poisons: [string, string[]][] = [
  ['Host', [`Host: ${evil}`]],
  ['Host with a port', ['Host: localhost:4000@evil.example']],
  ['X-Forwarded-Host', ['Host: localhost:4000', `X-Forwarded-Host: ${evil}`]],
  ['X-Forwarded-Proto', ['Host: localhost:4000', 'X-Forwarded-Proto: evil.example://x']],
  ['X-Forwarded-Port', ['Host: localhost:4000', 'X-Forwarded-Port: 666', 'X-Forwarded-Prefix: /x']],
  ['Forwarded', ['Host: localhost:4000', `Forwarded: for=1.2.3.4;host=${evil};proto=evil`]],
  ['Origin', ['Host: localhost:4000', `Origin: https://${evil}`]],
  ['Referer', ['Host: localhost:4000', `Referer: https://${evil}/`]],
  [
    'X-Original-URL',
    ['Host: localhost:4000', `X-Original-URL: https://${evil}/`, `X-Rewrite-URL: //${evil}/`],
  ],
  [
    'all of them',
    [
      `Host: ${evil}`,
      `X-Forwarded-Host: ${evil}, ${evil}`,
      'X-Forwarded-For: 6.6.6.6',
      `X-Host: ${evil}`,
      `X-Forwarded-Server: ${evil}`,
      `X-HTTP-Host-Override: ${evil}`,
      `Forwarded: host=${evil}`,
      `Origin: https://${evil}`,
      `Referer: https://${evil}/`,
    ],
  ],
]

const raw = (target: string, type: string, headers: readonly string[], body: string) =>
  `POST ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\ncontent-type: ${type}\r\n` +
  `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`

const graphql = (document: Parameters<typeof print>[0], input: object) =>
  JSON.stringify({ query: print(document), variables: { input } })

describe.each([
  ['http://localhost:4000', { TRUST_PROXY: '0' }],
  ['http://localhost:4000', { TRUST_PROXY: '1' }],
  [
    'https://app.example.com/konto/neu',
    { TRUST_PROXY: '1', APP_URL: 'https://app.example.com/konto/neu/' },
  ],
])('links to %s, with %j', async (own, env) => {
  const app = await startApp({ env })
  afterAll(app.close)
  let person: Person
  beforeAll(async () => {
    person = await registerPerson(app)
    await app.deliver()
  })

  /** The message has one link, ours to the last character but for the token, and not a word of the attacker's. */
  async function expectOwnLink(address: string, path: string) {
    const { url, text, html, subject } = await lastMailTo(app, address)
    const [, begin, token = ''] = /^([^]*\?token=)([\w-]{43})$/.exec(url ?? '') ?? []
    expect(begin).toBe(`${own}${path}?token=`)
    expect(text + html + subject).not.toMatch(/evil|666/)
    const plain = `${text}\n${decode(html)}`
    const links = [...plain.matchAll(/\b[a-z]+:\/\/[^\s"<>]+/g)].map(([link]) => link)
    expect(links.length).toBeGreaterThanOrEqual(2)
    expect(new Set(links)).toEqual(new Set([url]))
    return token
  }

  it.each(poisons)('are the configured ones, whatever is sent as %s', async (_, headers) => {
    const input = { email: person.email }
    const sent = (await mailTo(app, person.email)).length
    const body = graphql(RequestPasswordResetDocument, input)
    const answer = await sendRaw(app, raw('/graphql', 'application/json', headers, body))
    expect(answer).toContain('"tokenLifetime":1800')
    expect(await mailTo(app, person.email)).toHaveLength(sent + 1)
    await expectOwnLink(person.email, '/reset-password')
  })

  it('are the configured ones where the request line names another host', async () => {
    const body = graphql(RequestPasswordResetDocument, { email: person.email })
    await sendRaw(app, raw(`http://${evil}/graphql`, 'application/json', [`Host: ${evil}`], body))
    await expectOwnLink(person.email, '/reset-password')
  })

  it('are the configured ones in a registration, and work', async () => {
    const [, headers = []] = poisons.at(-1) ?? []
    const email = newEmail()
    const body = graphql(RegisterDocument, { email, password: goodPassword })
    await sendRaw(app, raw('/graphql', 'application/json', headers, body))
    await expectOwnLink(email, '/verify-email')
    await askForReset(app, email)
    const token = await expectOwnLink(email, '/reset-password')
    expect(await resetBy(app, token, 'another one, found in time')).toBe('User')
  })

  if ('APP_URL' in env) return // a front end of one's own has the form

  it('are the configured ones from the hosted form, too', async () => {
    const [, headers = []] = poisons.at(-1) ?? []
    const page = await sendRaw(
      app,
      `GET /forgot-password HTTP/1.1\r\n${headers.join('\r\n')}\r\nconnection: close\r\n\r\n`,
    )
    expect(page).toMatch(/^HTTP\/1.1 200/)
    expect(
      [...page.matchAll(/action="([^"]*)"/g)].map(([, action = '']) => decode(action)),
    ).toEqual(['/forgot-password'])
    expect(page).not.toContain('evil')

    const sent = (await mailTo(app, person.email)).length
    const form = `email=${encodeURIComponent(person.email)}`
    const type = 'application/x-www-form-urlencoded'
    const answer = await sendRaw(app, raw('/forgot-password', type, headers, form))
    expect(answer).toMatch(/^HTTP\/1.1 200/)
    expect(answer).not.toContain('evil')
    expect(await mailTo(app, person.email)).toHaveLength(sent + 1)
    await expectOwnLink(person.email, '/reset-password')
  })
})
