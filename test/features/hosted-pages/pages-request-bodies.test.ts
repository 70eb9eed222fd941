import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pages } from '../../../src/features/hosted-pages/pages.js'
import { startApp } from '../../support/app/app.js'
import { goodPassword, registerPerson, type Person } from '../../support/app/client.js'
import {
  headingOf,
  getMailedLink,
  problemsOf,
  sendForm,
} from '../../support/browser/hosted-pages.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const paths = pages.map(({ path }) => path)
const formType = 'application/x-www-form-urlencoded'
let person: Person
let token: string
beforeAll(async () => {
  person = await registerPerson(app)
  token = (await getMailedLink(app, person.email)).split('=')[1] ?? ''
})

/** The request writes nothing, and the answer is a page with the problem. */
async function expectRefused(status: number, path: string, body: string, type = formType) {
  const { result, touched } = await trackChanges(app, () =>
    sendForm(app, path, body, { 'content-type': type }),
  )
  expect(touched).toEqual([])
  expect([result.status, headingOf(result.html)]).toEqual([status, 'That did not work'])
  expect(problemsOf(result.html)[0]).toContain('The form could not be read.')
  expect(result.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(result.html).not.toMatch(/<form|FST_|node_modules|Unsupported/)
}

describe('a body that is not a form is not read', () => {
  const multipart = (tokenText: string) =>
    `--x\r\ncontent-disposition: form-data; name="token"\r\n\r\n${tokenText}\r\n--x--\r\n`

  it.each([
    [
      'JSON',
      'application/json',
      (tokenText: string) => JSON.stringify({ token: tokenText, password: goodPassword }),
    ],
    ['text', 'text/plain', (tokenText: string) => `token=${tokenText}&password=${goodPassword}`],
    ['multipart', 'multipart/form-data; boundary=x', multipart],
    ['no type', ' ', (tokenText: string) => `token=${tokenText}&password=${goodPassword}`],
    ['GraphQL', 'application/graphql', () => '{ __typename }'],
    [
      'a form in disguise',
      `text/plain; ${formType}`,
      (tokenText: string) => `token=${tokenText}&password=x`,
    ],
  ])('%s', async (_, type, body) => {
    for (const path of paths) await expectRefused(415, path, body(token), type)
  })

  it('30 kB', async () => {
    for (const path of paths) {
      await expectRefused(413, path, `token=${token}&password=${'x'.repeat(30_000)}`)
    }
  })
})

describe('a form is not read that', () => {
  const verify = (fields: string) => fields.replaceAll('TOKEN', token)

  it.each([
    ['is empty', ''],
    ['lacks the password', 'token=TOKEN'],
    ['lacks the token', 'password=secret'],
    ['has the token twice', 'token=TOKEN&token=TOKEN&password=secret'],
    ['has the password twice', 'token=TOKEN&password=secret&password=secret'],
    ['has brackets', 'token[]=TOKEN&password[]=secret'],
    ['has its fields in a prototype', '__proto__[token]=TOKEN&__proto__[password]=secret'],
    ['has escapes that are no UTF-8', 'token=TOKEN&password=%ff%fe'],
    ['has half an escape', 'token=TOKEN&password=100%'],
    ['has a surrogate', 'token=TOKEN&password=%ED%A0%80'],
    ['has an overlong escape', 'token=TOKEN&password=%C0%80'],
    ['has bytes that are not escaped', 'token=TOKEN&password=pässword'],
  ])('%s', async (_, body) => {
    await expectRefused(400, '/verify-email', verify(body))
  })

  it('has more fields than any page', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) => `f${i}=x`).join('&')
    await expectRefused(400, '/verify-email', `${many}&token=${token}&password=secret`)
  })
})

it('a password with NUL is a wrong password and not a server error', async () => {
  const { result, touched } = await trackChanges(app, () =>
    sendForm(
      app,
      '/verify-email',
      `token=${token}&password=${encodeURIComponent(goodPassword)}%00`,
    ),
  )
  expect([result.status, problemsOf(result.html)]).toEqual([400, ['The password is wrong.']])
  expect(touched).toEqual([])
})

it('unknown fields have no effect', async () => {
  const extra = '__proto__=x&constructor=x&toString=x&newPassword=hijacked+account&input=x&id=1'
  const password = encodeURIComponent(goodPassword)
  const { result, touched } = await trackChanges(app, () =>
    sendForm(app, '/verify-email', `${extra}&token=${token}&password=${password}`),
  )
  expect(result.status).toBe(200)
  expect(touched).toEqual(['audit_events', 'one_time_tokens', 'users'])
  expect(({} as Record<string, unknown>)['newPassword']).toBeUndefined()
})

it.each(['PUT', 'PATCH', 'DELETE'])(
  '%s is refused, and the answer lists the allowed methods',
  async (method) => {
    for (const path of paths) {
      const { result, touched } = await trackChanges(app, () =>
        fetch(`${app.url}${path}?token=${token}`, {
          method,
          headers: { 'content-type': 'application/json' },
          body: '{}',
        }),
      )
      expect([result.status, result.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
      expect(touched).toEqual([])
    }
  },
)

it('other routes do not accept forms', async () => {
  const body = new URLSearchParams({ query: '{ __typename }', token, email: person.email })
  for (const path of ['/graphql', '/graphql?query={__typename}']) {
    const { result, touched } = await trackChanges(app, () => sendForm(app, path, body.toString()))
    expect(result.status).toBe(415)
    expect(touched).toEqual([])
  }
  for (const path of ['/', '/verify-email/', '/healthz', '/dev/mail', '/VERIFY-EMAIL']) {
    const { status } = await sendForm(app, path, body.toString())
    expect([404, 415], path).toContain(status)
  }
})

it('a server error shows a page with the request id from the log and no internal details', async () => {
  const rename = (from: string, to: string) =>
    app.db.$executeRawUnsafe(`ALTER TABLE ${from} RENAME TO ${to}`)
  await rename('one_time_tokens', 'gone')
  const logged = app.logLines.length
  const { status, html, headers } = await sendForm(app, '/reset-password', {
    token,
    newPassword: 'another horse entirely',
  }).finally(() => rename('gone', 'one_time_tokens'))
  expect([status, headingOf(html)]).toEqual([500, 'That did not work'])
  const requestId = headers.get('x-request-id') ?? 'none'
  expect(problemsOf(html)[0]).toContain(requestId)
  expect(html).not.toMatch(/one_time|prisma|relation|another horse/i)
  const lines = app.logLines.slice(logged)
  expect(lines.some((line) => line.includes('"failed"') && line.includes(requestId))).toBe(true)
  expect(lines.join('')).not.toContain(token)
})
