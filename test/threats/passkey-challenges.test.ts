// A response to a passkey challenge counts once, within ten minutes, for the purpose, session and user for which the
// challenge was issued. The service stores no row for a challenge before its response is verified.
import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app/app.js'
import { createAuthenticator } from '../support/app/authenticator.js'
import { registerPerson, signIn } from '../support/app/client.js'
import { sendOperationsConcurrently } from '../support/app/concurrent-operations.js'
import {
  addPasskey,
  beginLogin,
  beginRegistration,
  documentOf,
  outcomeOf,
  run,
  signInWithPasskey,
  type Begun,
  type Result,
} from '../support/app/passkeys.js'
import { testSecret } from '../support/app/test-secret.js'
import { createPersistentDatabase } from '../support/database/persistent-database.js'
import { usesPostgres } from '../support/database/database.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const person = await registerPerson(app)
const { authenticator } = await addPasskey(app, person)

const answerTo = ({ challengeToken, options }: Begun) => ({
  challengeToken,
  response: authenticator.get(options),
})

const login = async (input: object, server: TestApp = app) =>
  outcomeOf(await run(server, 'finishPasskeyLogin', input))

const register = async (input: object, { accessToken } = person) =>
  outcomeOf(await run(app, 'finishPasskeyRegistration', input, accessToken))

/** Changes one character of a token, so that it stays canonical base64url. */
const flip = (token: string, at: number) =>
  `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`

it('a begin writes nothing', async () => {
  const { touched } = await trackChanges(app, async () => {
    await beginLogin(app)
    await beginRegistration(app, person)
  })
  expect(touched).toEqual([])
})

describe('a sign-in is refused, and nothing is written, with', () => {
  const refused: [string, () => Promise<object>][] = [
    [
      'the challenge of another sign-in',
      async () => {
        const { response } = answerTo(await beginLogin(app))
        return { challengeToken: (await beginLogin(app)).challengeToken, response }
      },
    ],
  ]
  it.each(refused)('%s', async (_, prepare) => {
    const input = await prepare()
    const { result, touched } = await trackChanges(app, () => login(input))
    expect([result, touched]).toEqual(['INVALID_PASSKEY_RESPONSE', ['audit_events']])
  })

  const invalid: [string, () => Promise<object>][] = [
    [
      'a token of another form',
      async () => ({ ...answerTo(await beginLogin(app)), challengeToken: 'x' }),
    ],
    ['an empty token', async () => ({ ...answerTo(await beginLogin(app)), challengeToken: '' })],
    [
      'a long token',
      async () => ({ ...answerTo(await beginLogin(app)), challengeToken: 'A'.repeat(90_000) }),
    ],
    ...[0, 6, 10, 20, 50, 100].map((at): [string, () => Promise<object>] => [
      `a token that is changed at ${at}`,
      async () => {
        const input = answerTo(await beginLogin(app))
        return { ...input, challengeToken: flip(input.challengeToken, at) }
      },
    ]),
    [
      'a token with another spelling',
      async () => {
        const input = answerTo(await beginLogin(app))
        return { ...input, challengeToken: `${input.challengeToken}=` }
      },
    ],
    [
      'the challenge of a registration',
      async () => {
        const { challengeToken, options } = await beginRegistration(app, person)
        return answerTo({ challengeToken, options: { ...options, rpId: 'localhost' } })
      },
    ],
    [
      'an expired challenge',
      async () => {
        const input = answerTo(await beginLogin(app))
        app.clock.advance('10m')
        return input
      },
    ],
  ]
  it.each(invalid)('%s', async (_, prepare) => {
    const input = await prepare()
    const { result, touched } = await trackChanges(app, () => login(input))
    expect([result, touched]).toEqual(['INVALID_CHALLENGE', []])
  })

  it('a challenge that was used', async () => {
    const input = answerTo(await beginLogin(app))
    expect(await login(input)).toBe('AuthPayload')
    const { result, touched } = await trackChanges(app, () => login(input))
    expect([result, touched]).toEqual(['INVALID_CHALLENGE', ['audit_events']])
  })
})

it('a challenge is valid for ten minutes', async () => {
  const input = answerTo(await beginLogin(app))
  app.clock.advance('9m')
  expect(await login(input)).toBe('AuthPayload')
})

describe('a registration is refused, and nothing is written, with', () => {
  it.each([
    ['the challenge of a sign-in', async () => ({ ...(await beginLogin(app)), owner: person })],
    [
      'the challenge of another session of the user',
      async () => ({ ...(await beginRegistration(app, await signIn(app, person))), owner: person }),
    ],
    [
      'the challenge of another user',
      async () => ({ ...(await beginRegistration(app, await registerPerson(app))), owner: person }),
    ],
    [
      'an expired challenge',
      async () => {
        const owner = await registerPerson(app)
        const begun = await beginRegistration(app, owner)
        app.clock.advance('9m')
        app.clock.advance('60s')
        return { ...begun, owner: await signIn(app, owner) }
      },
    ],
  ])('%s', async (_, prepare) => {
    const { challengeToken, options, owner } = await prepare()
    const creation = {
      rp: { id: 'localhost' },
      user: { id: 'x' },
      excludeCredentials: [],
      ...options,
    }
    const response = createAuthenticator().create(creation)
    const { accessToken } = owner === person ? await signIn(app, person) : owner
    const { result, touched } = await trackChanges(app, () =>
      register({ challengeToken, response }, { ...person, accessToken }),
    )
    expect([result, touched]).toEqual(['INVALID_CHALLENGE', []])
  })

  it('a response that was used, even after the passkey was removed', async () => {
    const owner = await registerPerson(app)
    const { challengeToken, options } = await beginRegistration(app, owner)
    const input = { challengeToken, response: createAuthenticator().create(options) }
    const { accessToken } = owner
    const added = await run(app, 'finishPasskeyRegistration', input, accessToken)
    expect(await register(input, owner)).toBe('INVALID_CHALLENGE')
    const { id: passkeyId } = added
    expect(outcomeOf(await run(app, 'deletePasskey', { passkeyId }, accessToken))).toBe('Deleted')
    const { result, touched } = await trackChanges(app, () => register(input, owner))
    expect([result, touched]).toEqual(['INVALID_CHALLENGE', []])
  })
})

it('used challenges are removed 5 minutes after they expired', async () => {
  const input = answerTo(await beginLogin(app))
  await login(input)
  const job = app.app.services.jobs.find(({ name }) => name === 'remove used challenges')
  const count = async () => {
    await job?.run(new AbortController().signal)
    return app.db.usedChallenge.count()
  }
  app.clock.advance('14m')
  expect(await count()).toBeGreaterThan(0)
  app.clock.advance('61s')
  expect(await count()).toBe(0)
})

// Needs two servers on one database.
it.runIf(process.env['TEST_DATABASE_URL'])('a rotation of AUTH_SECRET does not break open pages', async () => {
  const env = { AUTH_SECRET: `${randomBytes(32).toString('base64')},${testSecret}` }
  const target = await createPersistentDatabase()
  const old = await startApp({ target, ownKeys: true })
  const owner = await registerPerson(old)
  const added = await addPasskey(old, owner)
  const { challengeToken, options } = await beginLogin(old)
  await old.close()
  const rotated = await startApp({ env, target })
  const input = { challengeToken, response: added.authenticator.get(options) }
  expect(await login(input, rotated)).toBe('AuthPayload')
  expect(await login(input, rotated)).toBe('INVALID_CHALLENGE')
  await rotated.close()
})

describe.runIf(usesPostgres)('20 concurrent requests with one response', () => {
  const count = (outcomes: readonly (string | undefined)[]) =>
    new Map(
      [...new Set(outcomes)].map((each) => [each, outcomes.filter((one) => one === each).length]),
    )

  const race = async (
    mutation: 'finishPasskeyLogin' | 'finishPasskeyRegistration',
    input: object,
    token: string | null,
  ) => {
    const operation = { query: documentOf(mutation), variables: { input }, token }
    const answers = await sendOperationsConcurrently<Record<string, Result>>(
      app,
      Array.from({ length: 20 }, () => operation),
    )
    return count(answers.map(({ data }) => data?.[mutation] && outcomeOf(data[mutation])))
  }

  it.each([
    ['of a passkey with a counter', 1],
    ['of a passkey without a counter', 0],
  ])('sign in once: %s', async (_, step) => {
    const owner = await registerPerson(app)
    const passkeys = createAuthenticator({ step })
    await addPasskey(app, owner, { authenticator: passkeys })
    const { challengeToken, options } = await beginLogin(app)
    const input = { challengeToken, response: passkeys.get(options) }
    expect(await race('finishPasskeyLogin', input, null)).toEqual(
      new Map([
        ['AuthPayload', 1],
        ['INVALID_CHALLENGE', 19],
      ]),
    )
    expect(await app.db.session.count({ where: { userId: owner.id } })).toBe(2)
  })

  it('add one passkey', async () => {
    const owner = await registerPerson(app)
    const { challengeToken, options } = await beginRegistration(app, owner)
    const input = { challengeToken, response: createAuthenticator().create(options) }
    expect(await race('finishPasskeyRegistration', input, owner.accessToken)).toEqual(
      new Map([
        ['Passkey', 1],
        ['INVALID_CHALLENGE', 19],
      ]),
    )
    expect(await app.db.passkey.count({ where: { userId: owner.id } })).toBe(1)
  })
})

it('a challenge that two users answer counts for one of them', async () => {
  const owner = await registerPerson(app)
  const second = await addPasskey(app, owner)
  const { challengeToken, options } = await beginLogin(app)
  const inputs = [authenticator, second.authenticator].map((one) => ({
    challengeToken,
    response: one.get(options),
  }))
  const outcomes = await Promise.all(inputs.map((input) => login(input)))
  expect(outcomes.toSorted()).toEqual(['AuthPayload', 'INVALID_CHALLENGE'])
  expect(outcomeOf(await signInWithPasskey(app, authenticator))).toBe('AuthPayload')
})
