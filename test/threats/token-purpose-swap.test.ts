// A token that was mailed for a small thing is shown where it would do a great one: a verification link that resets a
// password (CVE-2023-7028 and its like: whatever proves the mailbox is not whatever was asked there), an access token
// as a link, the hash from a leaked dump as the token. Each works where it belongs, to the letter, and nowhere else.
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import {
  logout,
  newEmail,
  refresh,
  refusalOf,
  registerPerson,
  type Person,
} from '../support/app/client.js'
import { tokenFor } from '../support/mail/mail.js'
import {
  confirmBy,
  rejectBy,
  requestChange,
  resetBy,
  verifyBy,
  wordOf,
} from '../support/mail/link-words.js'
import { askForReset } from '../support/mail/mailed-links.js'
import { watch } from '../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

type Use = (token: string, person: Person) => Promise<unknown>

/** Each with all that it wants besides the token. */
const links = {
  verifyEmail: (token, { password }) => verifyBy(app, token, password),
  verifyEmailInSession: (token, { accessToken }) =>
    verifyBy(app, token, null, { token: accessToken }),
  resetPassword: (token) => resetBy(app, token, 'a new one for a swap'),
  confirmEmailChange: (token, { accessToken }) =>
    confirmBy(app, token, { token: accessToken, password: null }),
  confirmEmailChangeByPassword: (token, { password }) => confirmBy(app, token, { password }),
  rejectEmailChange: (token, { email: confirmEmail, password }) =>
    rejectBy(app, { token, confirmEmail, password }),
} satisfies Record<string, Use>

const sessionTokens = {
  refresh: async (token) => wordOf(await refresh(app, token)),
  logout: async (token) => (await logout(app, token))?.sessionId ?? 'nobody',
  // A header holds no line break.
  me: async (token) => (await refusalOf(app, token.replaceAll('\n', ''))) ?? 'User',
} satisfies Record<string, Use>

const consumers: Readonly<Record<string, Use>> = { ...links, ...sessionTokens }
const use: (name: string, token: string, person: Person) => Promise<unknown> = async (
  name,
  ...rest
) => consumers[name]?.(...rest)

const refusals: Record<string, string> = {
  ...Object.fromEntries(Object.keys(links).map((name) => [name, 'INVALID_TOKEN'])),
  refresh: 'INVALID_REFRESH_TOKEN',
  logout: 'nobody',
  me: 'TOKEN_INVALID',
}

/** Refused by each of these, and no table is touched. */
async function expectRefused(tokens: readonly string[], person: Person, names: readonly string[]) {
  for (const name of names) {
    const { result, touched } = await watch(app, () =>
      Promise.all(tokens.map((token) => use(name, token, person))),
    )
    expect([name, result]).toEqual([name, tokens.map(() => refusals[name])])
    expect(touched).toEqual([])
  }
}

/** Used before or too late, and no table is touched but that of the sessions in use. */
async function expectUsedUp(name: string, token: string, person: Person) {
  const { result, touched } = await watch(app, () => use(name, token, person))
  expect(result).toMatch(/^(INVALID_TOKEN|TOKEN_EXPIRED)$/)
  expect(touched.filter((table) => table !== 'refresh_tokens')).toEqual([])
}

const swapCase = (text: string) =>
  text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()))

/** What a dump of the database has of it. */
const hashesOf = (token: string) => {
  const hash = createHash('sha256').update(token).digest()
  return [hash.toString('hex'), `\\x${hash.toString('hex')}`, hash.toString('base64url')]
}

/** What is almost the token. */
const variantsOf = (token: string) => [
  Buffer.from(token, 'base64url').toString('hex'),
  swapCase(token),
  token.toUpperCase(),
  `${token}=`,
  `${token}A`,
  `${token}%00`,
  token.slice(0, -1),
  // The two lowest bits of the last character stand for nothing in base64url.
  ...['A', 'B', 'C', 'D'].map((last) => token.slice(0, -1) + last).filter((it) => it !== token),
]

const asked: [string, string[], (person: Person) => Promise<string>][] = [
  [
    'verify an address',
    ['verifyEmail', 'verifyEmailInSession'],
    ({ email }) => tokenFor(app, email),
  ],
  [
    'reset a password',
    ['resetPassword'],
    async ({ email }) => {
      await askForReset(app, email)
      return tokenFor(app, email)
    },
  ],
  [
    'confirm another address',
    ['confirmEmailChange', 'confirmEmailChangeByPassword'],
    async (person) => {
      const email = newEmail()
      await requestChange(app, person, email)
      return tokenFor(app, email)
    },
  ],
  [
    'reject another address',
    ['rejectEmailChange'],
    async (person) => {
      await requestChange(app, person, newEmail())
      return tokenFor(app, person.email)
    },
  ],
  [
    'undo a change of address',
    ['rejectEmailChange'],
    async (person) => {
      const email = newEmail()
      await requestChange(app, person, email)
      await confirmBy(app, await tokenFor(app, email), { token: person.accessToken })
      return tokenFor(app, person.email)
    },
  ],
]

describe.each(asked)('a token to %s', (_, [right = '', ...rightToo], ask) => {
  it('does nothing else, changed in nothing, and is still good for that', async () => {
    const person = await registerPerson(app)
    const token = await ask(person)
    const others = Object.keys(consumers).filter((name) => ![right, ...rightToo].includes(name))
    await expectRefused([token], person, others)
    await expectRefused(hashesOf(token), person, Object.keys(consumers))
    await expectRefused(variantsOf(token), person, [right, ...rightToo])
    expect(await use(right, token, person)).toMatch(/^(User|MailRequested)$/)
    await expectRefused([token], person, others)
    await expectRefused(hashesOf(token), person, Object.keys(consumers))
    await expectRefused(variantsOf(token), person, [right, ...rightToo])
    app.clock.advance('8d') // past the time in which the same request gets the same answer
    await expectUsedUp(right, token, person)
  })
})

it.each<[string, (person: Person) => string, string[]]>([
  ['an access token', ({ accessToken }) => accessToken, ['me']],
  ['a refresh token', ({ refreshToken }) => refreshToken, ['refresh', 'logout']],
  ['a random one', () => randomBytes(32).toString('base64url'), []],
  ['an empty one', () => '', ['me']],
  ['a session id', ({ sessionId }) => sessionId, []],
  ['a user id', ({ id }) => id, []],
])('%s is no mailed token', async (_, pick, right) => {
  const person = await registerPerson(app)
  await askForReset(app, person.email)
  await requestChange(app, person, newEmail())
  await app.deliver() // there is a row for each purpose
  const wrong = Object.keys(consumers).filter((name) => !right.includes(name))
  await expectRefused([pick(person)], person, wrong)
  expect(await refusalOf(app, person.accessToken)).toBeUndefined()
  expect((await refresh(app, person.refreshToken))?.__typename).toBe('AuthPayload')
})
