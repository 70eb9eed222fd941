import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, getAuthError, me, newEmail, post, registerPerson } from '../support/app/client.js'

const app = await startApp()
afterAll(app.close)

const internalDetails = /prisma|sqlstate|postgres|pglite|pool|node_modules|\.[jt]s:\d|stack/i

describe('an unsuitable value is refused and never echoed', () => {
  const login = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }'
  const email = 'ana@example.com'
  const variables: [string, unknown][] = [
    ['an object for the password', { input: { email, password: { typed: 'hunter2' } } }],
    ['a list for the password', { input: { email, password: ['hunter2'] } }],
    ['a number for the password', { input: { email, password: 314159265 } }],
    ['null for the password', { input: { email: 'hunter2', password: null } }],
    ['no password', { input: { email: 'hunter2' } }],
    ['a number for the address', { input: { email: 314159265, password: 'hunter2' } }],
    ['an unknown field', { input: { email, password: 'hunter2', pin: 314159265 } }],
    ['a field whose name is a secret', { input: { email, password: 'x', hunter2: 1 } }],
    ['a string for the input', { input: 'hunter2' }],
    ['no input', { typed: 'hunter2' }],
    ['nothing', undefined],
  ]
  test.each(variables)('variables: %s', async (_, given) => {
    await expectSilentRefusal(JSON.stringify({ query: login, variables: given }), 'BAD_USER_INPUT')
  })

  const invalid = 'GRAPHQL_VALIDATION_FAILED'
  const unparsable = 'GRAPHQL_PARSE_FAILED'
  const withPassword = (literal: string, more = '') =>
    `mutation { login(input: { email: "a@b.example", password: ${literal}${more} }) { __typename } }`

  test.each([
    ['a number', invalid, withPassword('314159265')],
    ['an enum value', invalid, withPassword('hunter2')],
    ['a list', invalid, withPassword('["hunter2"]')],
    ['an object', invalid, withPassword('{ typed: "hunter2" }')],
    ['an unknown field', invalid, withPassword('"hunter2"', ', passwort: "hunter2"')],
    ['an unknown argument', invalid, '{ authSettings(password: "hunter2") { __typename } }'],
    ['a directive', invalid, '{ authSettings @include(if: "hunter2") { __typename } }'],
    [
      'a default value',
      invalid,
      'query ($first: Int = "hunter2") { me { sessions(first: $first) { totalCount } } }',
    ],
    ['an open string', unparsable, withPassword('"hunter2')],
    ['single quotes', unparsable, withPassword("'hunter2'")],
    ['two strings', unparsable, withPassword('"x" "hunter2"')],
    ['a block string too many', unparsable, withPassword('"x" """hunter2 """')],
    ['no quotes', unparsable, withPassword('my hunter2-password')],
    ['a number with a tail', unparsable, withPassword('1hunter2')],
    ['a bad escape', unparsable, withPassword('"\\u{hunter2}"')],
    ['a quote in a string', unparsable, withPassword('"x"hunter2"')],
  ])('the document: %s', async (_, code, query) => {
    await expectSilentRefusal(JSON.stringify({ query }), code)
  })

  async function expectSilentRefusal(body: string, code: string) {
    const logged = app.logLines.length
    const { status, text, errors } = await post(app, body)
    expect(status).toBe(400)
    expect(errors[0]?.extensions).toEqual({ code })
    const output = [text, ...app.logLines.slice(logged)].join('\n')
    expect(output).toContain(code)
    expect(output).not.toMatch(/hunter2|314159265/)
  }
})

describe('an outage', () => {
  it('is reported in one sentence, with the id under which the log has the details', async () => {
    const broken = await startApp()
    onTestFinished(broken.close)
    const { email, password, accessToken } = await registerPerson(broken)
    await broken.app.services.database.close()

    const answers = [
      await me(broken, accessToken),
      await call(broken, LoginDocument, { input: { email, password } }),
    ]
    for (const { status, data, errors, headers, text } of answers) {
      const requestId = headers.get('x-request-id')
      expect(status).toBe(200)
      expect(Object.values(data ?? {})).toEqual([null])
      expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } }])
      expect(errors[0]?.message).toBe(answers[0]?.errors[0]?.message)
      expect(text).not.toMatch(internalDetails)

      const lines = broken.logLines.map((line) => JSON.parse(line) as Record<string, unknown>)
      const requestLogLines = lines.filter((line) => line['requestId'] === requestId)
      expect(requestLogLines.map((line) => line['level'])).toEqual(['error', 'info'])
      expect(JSON.stringify(requestLogLines)).not.toContain(password)
    }
    const fine = await call(broken, '{ authSettings { __typename } }', {})
    expect(fine.text).toBe('{"data":{"authSettings":{"__typename":"AuthSettings"}}}\n')
  })
})

describe('more sign-ins than the cores can hash', () => {
  it('are refused at once with a retry time, and all other operations stay fast', async () => {
    const slowHashing = { ARGON2_MEMORY_KIB: '65536', ARGON2_ITERATIONS: '6' }
    const smallQueueApp = await startApp({
      env: { ...slowHashing, ARGON2_CONCURRENCY: '1', ARGON2_QUEUE: '1' },
    })
    onTestFinished(smallQueueApp.close)
    const { email, accessToken } = await registerPerson(smallQueueApp)
    const events = await smallQueueApp.db.auditEvent.count()

    let hashed = 0
    const input = { email, password: 'not the right one' }
    const logins = Array.from({ length: 10 }, () =>
      call(smallQueueApp, LoginDocument, { input }).then((answer) => {
        if (answer.data?.login) hashed += 1
        return answer
      }),
    )
    expect((await me(smallQueueApp, accessToken)).data?.me?.email).toBe(email)
    expect(hashed).toBe(0) // `me` did not even wait for the first

    const answers = await Promise.all(logins)
    const served = answers.filter(({ data }) => data?.login)
    expect(served.map(({ data }) => getAuthError(data?.login).code)).toEqual([
      'INVALID_CREDENTIALS',
      'INVALID_CREDENTIALS',
    ])
    for (const { status, headers, errors } of answers.filter(({ data }) => !data?.login)) {
      const retryAfter = Number(headers.get('retry-after'))
      expect(status).toBe(200)
      expect(retryAfter).toBeGreaterThanOrEqual(1)
      expect(errors).toMatchObject([
        { path: ['login'], extensions: { code: 'SERVICE_BUSY', retryAfter } },
      ])
    }
    expect(await smallQueueApp.db.auditEvent.count()).toBe(events + 2)
  })
  it('are refused before any look-up, for known and unknown accounts', async () => {
    const slowHashing = { ARGON2_MEMORY_KIB: '262144', ARGON2_ITERATIONS: '8' }
    const smallQueueApp = await startApp({
      env: { ...slowHashing, ARGON2_CONCURRENCY: '1', ARGON2_QUEUE: '1' },
    })
    onTestFinished(smallQueueApp.close)
    const attempt = async () => {
      const input = { email: newEmail(), password: 'not the right one' }
      const { errors } = await call(smallQueueApp, LoginDocument, { input })
      return errors[0]?.extensions['code']
    }
    const attempts = [attempt(), attempt(), attempt()]
    expect(await Promise.race(attempts)).toBe('SERVICE_BUSY') // the queue is full from now on

    const refused = smallQueueApp.app.services.database.transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE users` // a look-up would wait
      return attempt()
    })
    expect(await refused).toBe('SERVICE_BUSY')
    expect(await Promise.all(attempts)).toContain(undefined)
  })
})
