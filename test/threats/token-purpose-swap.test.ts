// An attacker uses a mailed token for a more powerful purpose. A verification link resets a password (CVE-2023-7028 and
// similar). An access token serves as a link, or a hash from a leaked dump as the token. Only the exact token works,
// and only for its own purpose.
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import {
  logout,
  newEmail,
  refresh,
  getRefusalReason,
  registerPerson,
  type Person,
} from '../support/app/client.js'
import { getMailedToken } from '../support/mail/mail.js'
import {
  tryConfirmEmailChange,
  tryRejectEmailChange,
  requestEmailChangeAs,
  tryResetPassword,
  tryVerifyEmail,
  describeResult,
} from '../support/mail/mailed-link-outcomes.js'
import { requestPasswordReset } from '../support/mail/mailed-links.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

type Use = (token: string, person: Person) => Promise<unknown>

/** Each use with all required inputs besides the token. */
const linkUses = {
  verifyEmail: (token, { password }) => tryVerifyEmail(app, token, password),
  verifyEmailInSession: (token, { accessToken }) =>
    tryVerifyEmail(app, token, null, { token: accessToken }),
  resetPassword: (token) => tryResetPassword(app, token, 'a new one for a swap'),
  confirmEmailChange: (token, { accessToken }) =>
    tryConfirmEmailChange(app, token, { token: accessToken, password: null }),
  confirmEmailChangeByPassword: (token, { password }) =>
    tryConfirmEmailChange(app, token, { password }),
  rejectEmailChange: (token, { email: confirmEmail, password }) =>
    tryRejectEmailChange(app, { token, confirmEmail, password }),
} satisfies Record<string, Use>

const sessionTokens = {
  refresh: async (token) => describeResult(await refresh(app, token)),
  logout: async (token) => (await logout(app, token))?.sessionId ?? 'no session',
  // A header cannot contain a line break.
  me: async (token) => (await getRefusalReason(app, token.replaceAll('\n', ''))) ?? 'User',
} satisfies Record<string, Use>

const consumers: Readonly<Record<string, Use>> = { ...linkUses, ...sessionTokens }
const useAs: (name: string, token: string, person: Person) => Promise<unknown> = async (
  name,
  ...rest
) => consumers[name]?.(...rest)

const refusals: Record<string, string> = {
  ...Object.fromEntries(Object.keys(linkUses).map((name) => [name, 'INVALID_TOKEN'])),
  refresh: 'INVALID_REFRESH_TOKEN',
  logout: 'no session',
  me: 'TOKEN_INVALID',
}

/** Refused by each of these, and no table changes. */
async function expectRefused(tokens: readonly string[], person: Person, names: readonly string[]) {
  for (const name of names) {
    const { result, touched } = await trackChanges(app, () =>
      Promise.all(tokens.map((token) => useAs(name, token, person))),
    )
    expect([name, result]).toEqual([name, tokens.map(() => refusals[name])])
    expect(touched).toEqual([])
  }
}

/** A used or expired token is refused. Only the table of refresh tokens may change: the session was used. */
async function expectUsedUp(name: string, token: string, person: Person) {
  const { result, touched } = await trackChanges(app, () => useAs(name, token, person))
  expect(result).toMatch(/^(INVALID_TOKEN|TOKEN_EXPIRED)$/)
  expect(touched.filter((table) => table !== 'refresh_tokens')).toEqual([])
}

const swapCase = (text: string) =>
  text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))

/** The forms of the token in a dump of the database. */
const hashEncodingsOf = (token: string) => {
  const hash = createHash('sha256').update(token).digest()
  return [hash.toString('hex'), `\\x${hash.toString('hex')}`, hash.toString('base64url')]
}

/** Near misses of the token. */
const variantsOf = (token: string) => [
  Buffer.from(token, 'base64url').toString('hex'),
  swapCase(token),
  token.toUpperCase(),
  `${token}=`,
  `${token}A`,
  `${token}%00`,
  token.slice(0, -1),
  // The two lowest bits of the last character have no meaning in base64url.
  ...['A', 'B', 'C', 'D'].map((last) => token.slice(0, -1) + last).filter((it) => it !== token),
]

const tokenSources: [string, string[], (person: Person) => Promise<string>][] = [
  [
    'verify an address',
    ['verifyEmail', 'verifyEmailInSession'],
    ({ email }) => getMailedToken(app, email),
  ],
  [
    'reset a password',
    ['resetPassword'],
    async ({ email }) => {
      await requestPasswordReset(app, email)
      return getMailedToken(app, email)
    },
  ],
  [
    'confirm another address',
    ['confirmEmailChange', 'confirmEmailChangeByPassword'],
    async (person) => {
      const email = newEmail()
      await requestEmailChangeAs(app, person, email)
      return getMailedToken(app, email)
    },
  ],
  [
    'reject another address',
    ['rejectEmailChange'],
    async (person) => {
      await requestEmailChangeAs(app, person, newEmail())
      return getMailedToken(app, person.email)
    },
  ],
  [
    'undo a change of address',
    ['rejectEmailChange'],
    async (person) => {
      const email = newEmail()
      await requestEmailChangeAs(app, person, email)
      await tryConfirmEmailChange(app, await getMailedToken(app, email), {
        token: person.accessToken,
      })
      return getMailedToken(app, person.email)
    },
  ],
]

describe.each(tokenSources)('a token to %s', (_, [accepting = '', ...alsoAccepting], ask) => {
  it('does nothing else, fails with any change, and still works for its purpose', async () => {
    const person = await registerPerson(app)
    const token = await ask(person)
    const others = Object.keys(consumers).filter(
      (name) => ![accepting, ...alsoAccepting].includes(name),
    )
    await expectRefused([token], person, others)
    await expectRefused(hashEncodingsOf(token), person, Object.keys(consumers))
    await expectRefused(variantsOf(token), person, [accepting, ...alsoAccepting])
    expect(await useAs(accepting, token, person)).toMatch(/^(User|MailRequested)$/)
    await expectRefused([token], person, others)
    await expectRefused(hashEncodingsOf(token), person, Object.keys(consumers))
    await expectRefused(variantsOf(token), person, [accepting, ...alsoAccepting])
    app.clock.advance('8d') // past the interval in which a repeated request gets the same answer
    await expectUsedUp(accepting, token, person)
  })
})

it.each<[string, (person: Person) => string, string[]]>([
  ['an access token', ({ accessToken }) => accessToken, ['me']],
  ['a refresh token', ({ refreshToken }) => refreshToken, ['refresh', 'logout']],
  ['a random one', () => randomBytes(32).toString('base64url'), []],
  ['an empty one', () => '', ['me']],
  ['a session id', ({ sessionId }) => sessionId, []],
  ['a user id', ({ id }) => id, []],
])('%s is not a mailed token', async (_, pick, accepting) => {
  const person = await registerPerson(app)
  await requestPasswordReset(app, person.email)
  await requestEmailChangeAs(app, person, newEmail())
  await app.deliver() // there is a row for each purpose
  const wrong = Object.keys(consumers).filter((name) => !accepting.includes(name))
  await expectRefused([pick(person)], person, wrong)
  expect(await getRefusalReason(app, person.accessToken)).toBeUndefined()
  expect((await refresh(app, person.refreshToken))?.__typename).toBe('AuthPayload')
})
