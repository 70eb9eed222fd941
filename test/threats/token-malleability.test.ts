// One signed token has many spellings: padding, another alphabet, unused bits of the last character, another case of
// the scheme. An attacker evades a list of revoked token texts with another spelling (OWASP JWT cheat sheet,
// "denylist"). Here the session ends, and a token of any spelling belongs to it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import {
  call,
  logout,
  refresh,
  getAuthError,
  registerPerson,
  type Person,
} from '../support/app/client.js'

const app = await startApp()
afterAll(app.close)

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Authorization headers that may mean the same token. */
function tokenSpellings(token: string): string[] {
  const parts = token.split('.')
  const each = (change: (part: string) => string) =>
    parts.map((part, i) => parts.with(i, change(part)).join('.'))
  // 256 bytes of signature leave four bits of the last character unused.
  const signature = parts[2] ?? ''
  const last = Array.from(alphabet, (letter) =>
    parts.with(2, signature.slice(0, -1) + letter).join('.'),
  )
  const texts = [
    token,
    ...last,
    ...each((part) => `${part}=`),
    ...each((part) => `${part}==`),
    ...each((part) => part.replaceAll('-', '+').replaceAll('_', '/')),
    ...each((part) => `${part}\t`),
    ...each((part) => ` ${part}`),
    ...each((part) => `${part.slice(0, 8)} ${part.slice(8)}`),
    ...each((part) => `${part}%3D`),
    ...each((part) => encodeURIComponent(part)),
    `${token}.`,
    `${token},${token}`,
    `${token} ${token}`,
    `"${token}"`,
    `<${token}>`,
  ]
  return [
    ...texts.map((text) => `Bearer ${text}`),
    ...['bearer', 'BEARER', 'BeArEr', ' Bearer', 'Bearer ', 'Bearer    '].map(
      (scheme) => `${scheme} ${token}`,
    ),
    `Bearer\t${token}`,
    `Bearer ${token}  `,
    `Bearer, Bearer ${token}`,
    token,
    `JWT ${token}`,
    `Basic ${Buffer.from(`Bearer:${token}`).toString('base64')}`,
  ]
}

const answers = async ({ accessToken }: Person) =>
  Promise.all(
    tokenSpellings(accessToken).map(async (authorization) => {
      const { data, status, errors } = await call<{ me: { id: string } | null }, object>(
        app,
        '{ me { id } }',
        {},
        { headers: { authorization } },
      )
      return { status, id: data?.me?.id, code: errors[0]?.extensions['code'] }
    }),
  )

const refused = { status: 200, id: undefined, code: 'UNAUTHENTICATED' }

describe.each<[string, (person: Person) => Promise<unknown>]>([
  ['a sign-out', ({ refreshToken }) => logout(app, refreshToken)],
  ['a sign-out by access token', (person) => logout(app, null, { token: person.accessToken })],
  [
    'the account is disabled',
    ({ id }) => app.db.user.update({ where: { id }, data: { disabledAt: app.clock.now() } }),
  ],
  ['the account is deleted', ({ id }) => app.db.user.delete({ where: { id } })],
])('after %s', (_, end) => {
  let person: Person
  beforeAll(async () => {
    person = await registerPerson(app)
    const before = await answers(person)
    // With fewer accepted spellings the test would prove nothing.
    expect(before.filter(({ id }) => id === person.id).length).toBeGreaterThan(5)
    await end(person)
  })

  it('no spelling of the access token is accepted', async () => {
    expect(new Set((await answers(person)).map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify(refused)]),
    )
  })

  it('the refresh token is not accepted either', async () => {
    const { code } = getAuthError(await refresh(app, person.refreshToken))
    expect(['SESSION_ENDED', 'INVALID_REFRESH_TOKEN']).toContain(code)
  })
})
