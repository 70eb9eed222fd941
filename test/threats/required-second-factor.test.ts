// MFA=required: a session without a second factor can only enrol one. An attacker who has a password, but not the
// factor that the person still has to enrol, must get nothing else (ASVS 6.3.3).
import { afterAll, describe, expect, it } from 'vitest'
import { createVerifier } from '@latchkey/verify'
import type { AuthenticationMethod } from '../../src/generated/prisma/enums.js'
import { startApp } from '../support/app/app.js'
import { call, getAuthPayload, refresh, registerPerson } from '../support/app/client.js'
import { createExampleOperation, mutationNames } from '../support/app/every-mutation.js'
import { decodeJwt } from '../support/app/jwt.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp({ env: { MFA: 'required' } })
afterAll(app.close)

/** Sets how the sessions of a person were proved. */
const setMethods = (userId: string, methods: AuthenticationMethod[]) =>
  app.db.session.updateMany({ where: { userId }, data: { authenticationMethods: methods } })

// What enrols a factor, or ends or renews a session. A new mutation is refused until it is listed here.
const allowed = new Set([
  'reauthenticate',
  'revokeSession',
  'revokeOtherSessions',
  'beginTotpEnrollment',
  'confirmTotpEnrollment',
  'beginPasskeyRegistration',
  'finishPasskeyRegistration',
])

/** The session counts for nothing there: the mutation asks for another credential. */
const asksForAnotherCredential: Readonly<Record<string, string>> = {
  confirmEmailChange: 'INVALID_CREDENTIALS',
  verifyEmail: 'INVALID_CREDENTIALS',
}

describe.each(mutationNames)('%s', (name) => {
  it('is refused where it needs a viewer, and writes nothing', async () => {
    const person = await registerPerson(app)
    await setMethods(person.id, ['PASSWORD', 'TOTP'])
    const { query, variables, token } = await createExampleOperation(name, app, person)
    if (token === null) return // the credential is in the input
    await setMethods(person.id, ['PASSWORD'])
    const { result: answer, touched } = await trackChanges(app, () =>
      call<{ result: { code?: string; __typename?: string } }, object>(app, query, variables, {
        token,
      }),
    )
    const outcome = answer.data?.result.code ?? answer.data?.result.__typename
    if (allowed.has(name)) {
      expect({ outcome, errors: answer.errors }).not.toMatchObject({
        outcome: 'MFA_ENROLLMENT_REQUIRED',
      })
      expect(answer.errors).toEqual([])
      return
    }
    expect(outcome).toBe(asksForAnotherCredential[name] ?? 'MFA_ENROLLMENT_REQUIRED')
    if (!(name in asksForAnotherCredential)) expect(touched).toEqual([])
  })
})

it('settings and the own account stay readable, so that a page can lead to the enrolment', async () => {
  const { accessToken: token, id } = await registerPerson(app)
  const query = '{ authSettings { mfaPolicy } me { id } }'
  const { data, errors } = await call(app, query, {}, { token })
  expect({ data, errors }).toEqual({
    data: { authSettings: { mfaPolicy: 'REQUIRED' }, me: { id } },
    errors: [],
  })
})

it('other services refuse its access token until the session has a second factor', async () => {
  const { accessToken, refreshToken, id } = await registerPerson(app)
  expect(decodeJwt(accessToken).claims).toMatchObject({
    aud: 'http://localhost:4000/enrollment',
    amr: ['pwd'],
  })
  const { verify } = createVerifier({
    issuer: 'http://localhost:4000',
    jwksUrl: `${app.url}/.well-known/jwks.json`,
    clock: app.clock,
  })
  expect((await verify(`Bearer ${accessToken}`)).kind).toBe('invalid')
  await setMethods(id, ['PASSWORD', 'TOTP'])
  const { accessToken: complete } = getAuthPayload(await refresh(app, refreshToken))
  expect((await verify(`Bearer ${complete}`)).kind).toBe('valid')
  expect(decodeJwt(complete).claims['amr']).toEqual(['pwd', 'otp', 'mfa'])
})
