// A link built from the request's Host or from forwarded headers sends the token to the sender of the request
// (CVE-2016-10073, CVE-2013-0305; OWASP Forgot Password Cheat Sheet, "URL tokens"; PortSwigger, "Password reset
// poisoning"). Links always begin with the configured address.
import { print } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RegisterDocument, RequestPasswordResetDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { goodPassword, newEmail, registerPerson, type Person } from '../support/app/client.js'
import { tryResetPassword } from '../support/mail/mailed-link-outcomes.js'
import { requestPasswordReset } from '../support/mail/mailed-links.js'
import { getLastMailTo, listMailTo } from '../support/mail/mail.js'
import { decodeHtml } from '../support/browser/hosted-pages.js'
import { sendRaw } from '../support/app/raw-http.js'

const attackerHost = 'evil.example'
const poisonedHeaders: [string, string[]][] = [
  ['Host', [`Host: ${attackerHost}`]],
  ['Host with a port', ['Host: localhost:4000@evil.example']],
  ['X-Forwarded-Host', ['Host: localhost:4000', `X-Forwarded-Host: ${attackerHost}`]],
  ['X-Forwarded-Proto', ['Host: localhost:4000', 'X-Forwarded-Proto: evil.example://x']],
  ['X-Forwarded-Port', ['Host: localhost:4000', 'X-Forwarded-Port: 666', 'X-Forwarded-Prefix: /x']],
  ['Forwarded', ['Host: localhost:4000', `Forwarded: for=1.2.3.4;host=${attackerHost};proto=evil`]],
  ['Origin', ['Host: localhost:4000', `Origin: https://${attackerHost}`]],
  ['Referer', ['Host: localhost:4000', `Referer: https://${attackerHost}/`]],
  [
    'X-Original-URL',
    [
      'Host: localhost:4000',
      `X-Original-URL: https://${attackerHost}/`,
      `X-Rewrite-URL: //${attackerHost}/`,
    ],
  ],
  [
    'all of them',
    [
      `Host: ${attackerHost}`,
      `X-Forwarded-Host: ${attackerHost}, ${attackerHost}`,
      'X-Forwarded-For: 6.6.6.6',
      `X-Host: ${attackerHost}`,
      `X-Forwarded-Server: ${attackerHost}`,
      `X-HTTP-Host-Override: ${attackerHost}`,
      `Forwarded: host=${attackerHost}`,
      `Origin: https://${attackerHost}`,
      `Referer: https://${attackerHost}/`,
    ],
  ],
]

const rawRequest = (target: string, type: string, headers: readonly string[], body: string) =>
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
])('links to %s, with %j', async (ownUrl, env) => {
  const app = await startApp({ env })
  afterAll(app.close)
  let person: Person
  beforeAll(async () => {
    person = await registerPerson(app)
    await app.deliver()
  })

  /** The message has one link, which is exactly ours except for the token, and no text of the attacker. */
  async function expectOwnLink(email: string, path: string) {
    const { url, text, html, subject } = await getLastMailTo(app, email)
    const [, linkStart, token = ''] = /^([^]*\?token=)([\w-]{43})$/.exec(url ?? '') ?? []
    expect(linkStart).toBe(`${ownUrl}${path}?token=`)
    expect(text + html + subject).not.toMatch(/evil|:666/)
    const plainText = `${text}\n${decodeHtml(html)}`
    const links = [...plainText.matchAll(/\b[a-z]+:\/\/[^\s"<>]+/g)].map(([link]) => link)
    expect(links.length).toBeGreaterThanOrEqual(2)
    expect(new Set(links)).toEqual(new Set([url]))
    return token
  }

  it.each(poisonedHeaders)('are the configured ones, with any value of %s', async (_, headers) => {
    const input = { email: person.email }
    const sent = (await listMailTo(app, person.email)).length
    const body = graphql(RequestPasswordResetDocument, input)
    const answer = await sendRaw(app, rawRequest('/graphql', 'application/json', headers, body))
    expect(answer).toContain('"tokenLifetime":1800')
    expect(await listMailTo(app, person.email)).toHaveLength(sent + 1)
    await expectOwnLink(person.email, '/reset-password')
  })

  it('are the configured ones if the request line names another host', async () => {
    const body = graphql(RequestPasswordResetDocument, { email: person.email })
    await sendRaw(
      app,
      rawRequest(
        `http://${attackerHost}/graphql`,
        'application/json',
        [`Host: ${attackerHost}`],
        body,
      ),
    )
    await expectOwnLink(person.email, '/reset-password')
  })

  it('are the configured ones in a registration, and work', async () => {
    const [, headers = []] = poisonedHeaders.at(-1) ?? []
    const email = newEmail()
    const body = graphql(RegisterDocument, { email, password: goodPassword })
    await sendRaw(app, rawRequest('/graphql', 'application/json', headers, body))
    await expectOwnLink(email, '/verify-email')
    await requestPasswordReset(app, email)
    const token = await expectOwnLink(email, '/reset-password')
    expect(await tryResetPassword(app, token, 'another one, found in time')).toBe('User')
  })

  if ('APP_URL' in env) return // a custom front end has the form

  it('are the configured ones from the hosted form, too', async () => {
    const [, headers = []] = poisonedHeaders.at(-1) ?? []
    const page = await sendRaw(
      app,
      `GET /forgot-password HTTP/1.1\r\n${headers.join('\r\n')}\r\nconnection: close\r\n\r\n`,
    )
    expect(page).toMatch(/^HTTP\/1.1 200/)
    expect(
      [...page.matchAll(/action="([^"]*)"/g)].map(([, action = '']) => decodeHtml(action)),
    ).toEqual(['/forgot-password'])
    expect(page).not.toContain('evil')

    const sent = (await listMailTo(app, person.email)).length
    const form = `email=${encodeURIComponent(person.email)}`
    const type = 'application/x-www-form-urlencoded'
    const answer = await sendRaw(app, rawRequest('/forgot-password', type, headers, form))
    expect(answer).toMatch(/^HTTP\/1.1 200/)
    expect(answer).not.toContain('evil')
    expect(await listMailTo(app, person.email)).toHaveLength(sent + 1)
    await expectOwnLink(person.email, '/reset-password')
  })
})
