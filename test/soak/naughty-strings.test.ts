// Strings that have broken other programs: reserved words, invalid numbers, SQL, HTML, shell commands, terminal
// escapes, and all forms of Unicode. The source is the Big List of Naughty Strings
// (github.com/minimaxir/big-list-of-naughty-strings; CWE-20). In every string position of the schema, each gets an
// answer and changes nothing that it should not.
import { afterAll, expect, it, test } from 'vitest'
import { startApp } from '../support/app/app.js'
import { call, goodPassword, newEmail, registerPerson } from '../support/app/client.js'
import { inputPositions } from '../support/hostile/input-positions.js'
import {
  expectAnswered,
  expectHealthy,
  expectNothingWritten,
  mapInChunks,
  naughty,
} from '../support/hostile/naughty-strings.js'

const app = await startApp({
  env: {
    // In memory, by the clock of this test alone.
    RATE_LIMIT_FACTOR: '1000',
    MAX_SESSIONS_PER_USER: '0',
    // The allowed minimum, because this test is not about hashing.
    ARGON2_MEMORY_KIB: '7168',
    ARGON2_ITERATIONS: '5',
  },
})
afterAll(app.close)

const positions = inputPositions()

/** These operations accept some of the strings, so that rows are written. */
const acceptable =
  /^(register\.input\.(password|username|name|locale|deviceName)|login\.input\.deviceName|updateProfile\..*|changePassword\.input\.newPassword)$/

it('are sent in every position', () => {
  expect(naughty.length).toBeGreaterThan(480)
  const names = positions.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['login.input.email', 'me.sessions.after']))
})

test.each(positions.map((position) => [position.name, position] as const))(
  'are answered as %s',
  async (name, position) => {
    const person = await registerPerson(app)
    const { document, root } = position
    const ask = (string: string, token: string | null) => {
      const email = root === 'register' ? newEmail() : person.email
      const others = { email, password: goodPassword, sessionId: person.sessionId }
      return call(app, document, position.variables(string, others), { token })
    }
    const anonymous = await ask('x', null)
    const code = anonymous.errors[0]?.extensions['code']
    const token = code === 'UNAUTHENTICATED' ? person.accessToken : null

    async function askAll(strings: readonly string[]) {
      const answers = await mapInChunks(strings, (string) => ask(string, token))
      return strings.filter((string, i) => {
        const answer = answers[i]
        if (!answer) throw new Error('no answer')
        expectAnswered(answer, string)
        return !/"__typename":"(?!AuthError)/.test(answer.text)
      })
    }
    let strings: readonly string[] = naughty
    // Drops the accepted strings. The others are refused, and change nothing.
    if (acceptable.test(name)) strings = await askAll(strings)
    await expectNothingWritten(app, () => askAll(strings))
    await expectHealthy(app)
  },
)

it('stored strings can be shown', async () => {
  const users = await app.db.user.findMany()
  const sessions = await app.db.session.findMany()
  const written = [
    ...sessions.map(({ deviceName }) => deviceName),
    ...users.flatMap(({ name, username, locale }) => [name, username, locale]),
  ].filter((text) => text !== null)
  expect(new Set(written).size).toBeGreaterThan(100)
  expect(written.filter((text) => unprintable.test(text))).toEqual([])
  expect(written.filter((text) => Array.from(text).length > 100)).toEqual([])
})

const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
