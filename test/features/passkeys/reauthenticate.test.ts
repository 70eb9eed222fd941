import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { registerPerson, type Person } from '../../support/app/client.js'
import { decodeJwt } from '../../support/app/jwt.js'
import {
  addPasskey,
  beginLogin,
  outcomeOf,
  reauthenticateWithPasskey,
  run,
  signInWithPasskey,
} from '../../support/app/passkeys.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const person = await registerPerson(app)
const { authenticator } = await addPasskey(app, person)
const other = await registerPerson(app)
const foreign = await addPasskey(app, other)

it('a passkey alone proves presence again, in the same session', async () => {
  app.clock.advance('5m')
  const result = await reauthenticateWithPasskey(app, person, authenticator)
  expect(result).toMatchObject({ __typename: 'AuthPayload', refreshToken: null })
  expect(result['presenceProof']).toMatch(/^[\w-]{43}$/)
  const [before, after] = [person.accessToken, String(result['accessToken'])].map(
    (token) => decodeJwt(token).claims,
  )
  expect(after?.['sid']).toBe(before?.['sid'])
  expect(after?.['amr']).toEqual(['pwd', 'pop', 'user', 'mfa'])
  expect(Number(after?.['auth_time'])).toBeGreaterThan(Number(before?.['auth_time']))
  expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
    ...{ type: 'LOGIN', success: true, actorId: person.id, sessionId: person.sessionId },
  })
  expect(outcomeOf(await run(app, 'beginPasskeyRegistration', {}, person.accessToken))).toBe(
    'PasskeyChallenge',
  )
})

it('works where the account has no password', async () => {
  const owner = await registerPerson(app)
  const added = await addPasskey(app, owner)
  await app.db.passwordCredential.deleteMany({ where: { userId: owner.id } })
  const result = await reauthenticateWithPasskey(app, owner, added.authenticator)
  expect(outcomeOf(result)).toBe('AuthPayload')
})

describe('is refused for', () => {
  it('the passkey of another user', async () => {
    const { result, touched } = await trackChanges(app, () =>
      reauthenticateWithPasskey(app, person, foreign.authenticator),
    )
    expect([outcomeOf(result), touched]).toEqual(['INVALID_PASSKEY_RESPONSE', ['audit_events']])
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      ...{ type: 'LOGIN', success: false, actorId: person.id },
    })
  })

  it.each([{ tamper: true }, { uv: false }, { userHandle: 'QUJD' }])(
    'a response with %j',
    async (lie) => {
      const { result, touched } = await trackChanges(app, () =>
        reauthenticateWithPasskey(app, person, authenticator, lie),
      )
      expect([outcomeOf(result), touched]).toEqual(['INVALID_PASSKEY_RESPONSE', ['audit_events']])
    },
  )

  it('a passkey that no user has', async () => {
    const owner = await registerPerson(app)
    const added = await addPasskey(app, owner)
    await run(app, 'deletePasskey', { passkeyId: added.passkey.id }, owner.accessToken)
    const result = await reauthenticateWithPasskey(app, owner, added.authenticator)
    expect(outcomeOf(result)).toBe('INVALID_PASSKEY_RESPONSE')
  })

  it('a challenge that a sign-in used', async () => {
    const { challengeToken, options } = await beginLogin(app)
    const response = authenticator.get(options)
    await run(app, 'finishPasskeyLogin', { challengeToken, response })
    const input = { passkeyChallengeToken: challengeToken, passkeyResponse: response }
    expect(await reauthenticate(input)).toBe('INVALID_CHALLENGE')
  })

  it.each([
    ['a token of another form', { passkeyChallengeToken: 'x' }, 'INVALID_CHALLENGE'],
    ['a response without a token', { passkeyResponse: {} }, 'INVALID_CREDENTIALS'],
  ])('%s', async (_, input, code) => {
    const { result, touched } = await trackChanges(app, () => reauthenticate(input))
    expect([result, touched]).toEqual([code, []])
  })

  it('a session that has ended', async () => {
    const owner = await registerPerson(app)
    const added = await addPasskey(app, owner)
    const session = await signInWithPasskey(app, added.authenticator)
    const { id } = session['session'] as { id: string }
    await app.db.session.update({
      where: { id },
      data: { endedAt: new Date(), endReason: 'LOGOUT' },
    })
    const accessToken = String(session['accessToken'])
    const result = await reauthenticateWithPasskey(app, { accessToken }, added.authenticator)
    expect(outcomeOf(result)).toBe('UNAUTHENTICATED')
  })
})

async function reauthenticate(input: object, { accessToken }: Person = person) {
  return outcomeOf(await run(app, 'reauthenticate', input, accessToken))
}
