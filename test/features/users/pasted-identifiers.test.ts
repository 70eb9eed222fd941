// People paste addresses with invisible characters at the edges, and keyboards add a space after a suggestion.
import { afterAll, describe, expect, it, test } from 'vitest'
import { UpdateProfileDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  newEmail,
  registerPerson,
  type Person,
} from '../../support/app/client.js'
import { createRequestedChange } from '../../support/mail/email-changes.js'
import { inputPositions } from '../../support/hostile/input-positions.js'
import { getMailedToken } from '../../support/mail/mail.js'
import {
  requestPasswordReset,
  resetPassword,
  verifyEmail,
} from '../../support/mail/mailed-links.js'

const app = await startApp()
afterAll(app.close)

const invisibleEdges = [
  [' ', ' '],
  ['', '\r\n'],
  ['\u00a0', '\u00a0'],
  ['\u200b', '\u200b'],
  ['\ufeff', ''],
  ['\u2028\t', '\u3000\u2060\u00ad'],
  ['\u202a', '\u202c'],
  ['\x01\x1b', '\x7f\x80'],
  ['\ufffc', '\ufff9\u2800'],
] as const

const positions = inputPositions().filter(({ type }) => type === 'EmailAddress')

/** Mutations that need the address of the account. The others get a new address, which proves more. */
const needsAccountEmail = new Set(['login', 'deleteAccount', 'rejectEmailChange'])

/** The other input values. A rejection needs a mailed token. */
async function otherValuesFor(root: string, person: Person) {
  const otherValues = { ...person, password: goodPassword }
  if (root !== 'rejectEmailChange') return otherValues
  return { ...otherValues, token: (await createRequestedChange(app, person)).rejectToken }
}

describe('invisible characters at the edges of an address are ignored', () => {
  it('in every input of the schema with an address', () => {
    const names = positions.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['login.input.email', 'register.input.email']))
  })

  test.each(positions.map((position) => [position.name, position] as const))(
    '%s',
    async (_, { document, root, variables }) => {
      for (const [before, after] of invisibleEdges) {
        const person = await registerPerson(app)
        const email = needsAccountEmail.has(root) ? person.email : newEmail()
        const otherValues = await otherValuesFor(root, person)
        const token = person.accessToken
        const pastedEmail = `${before}${email}${after}`
        const taken = await call(app, document, variables(pastedEmail, otherValues), { token })
        expect(taken.errors, JSON.stringify(pastedEmail)).toEqual([])
        expect(taken.text).not.toContain('"AuthError"')
      }
    },
  )

  test.each(positions.map((position) => [position.name, position] as const))(
    'invisible characters within an address are refused: %s',
    async (_, { document, root, variables }) => {
      const person = await registerPerson(app)
      for (const hidden of [' ', '\n', '\u00a0', '\u200b', '\ufeff', '\x7f', '\ufffc']) {
        const email = (needsAccountEmail.has(root) ? person.email : newEmail()).replace(
          'p',
          `p${hidden}`,
        )
        const token = person.accessToken
        const refused = await call(app, document, variables(email, { ...person }), { token })
        expect(refused.errors.length > 0 || refused.text.includes('"AuthError"')).toBe(true)
      }
    },
  )
})

it('invisible characters around a mailed token are ignored', async () => {
  const { email, password } = await registerPerson(app)
  const verification = ` ${await getMailedToken(app, email)}\n`
  expect((await verifyEmail(app, { token: verification, password }))?.__typename).toBe('User')

  await requestPasswordReset(app, email)
  const reset = await resetPassword(app, `\u200b${await getMailedToken(app, email)} `)
  expect(reset?.__typename).toBe('User')
})

it('invisible characters around a user name are ignored', async () => {
  const { accessToken: token } = await registerPerson(app)
  const input = { username: ' Pasted.Name\u200b\n' }
  const { data } = await call(app, UpdateProfileDocument, { input }, { token })
  expect(data?.updateProfile).toMatchObject({ username: 'Pasted.Name' })
})
