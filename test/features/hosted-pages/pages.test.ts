import { afterAll, describe, expect, it } from 'vitest'
import {
  LoginDocument,
  RequestEmailChangeDocument,
  RequestPasswordResetDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  me,
  newEmail,
  getRefusalReason,
  registerPerson,
  getAuthPayload,
} from '../../support/app/client.js'
import {
  headingOf,
  inputsOf,
  getMailedLink,
  openPage,
  problemsOf,
  requestLogLines,
  submitForm,
  successTextOf,
} from '../../support/browser/hosted-pages.js'
import {
  findAuditEvents,
  trackChanges,
  withoutFailureCounts,
} from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const newPassword = 'another horse entirely'
const browserHeaders = { 'user-agent': 'Mozilla/5.0 (a browser)', 'sec-fetch-site': 'same-origin' }
const clientInfo = { ipAddress: '127.0.0.1', userAgent: browserHeaders['user-agent'] }
const usedLinkProblems = [
  'This link does not work. It has already been used, or a newer e-mail has replaced it.',
]

const login = async (email: string, password: string) =>
  (await call(app, LoginDocument, { input: { email, password } })).data?.login
const lastEventOf = async (id: string) => (await findAuditEvents(app, id)).at(-1)

/** The page that the last e-mail to the address opens. */
const openLink = async (email: string) => openPage(app, await getMailedLink(app, email))

async function requestReset(email: string) {
  await call(app, RequestPasswordResetDocument, { input: { email } })
  return openLink(email)
}

describe('/verify-email', () => {
  it('confirms the address once, with the password', async () => {
    const { email, password, id, accessToken } = await registerPerson(app)
    const page = await openLink(email)
    const done = await submitForm(app, page, { password }, browserHeaders)
    expect([done.status, headingOf(done.html)]).toEqual([200, 'Address confirmed'])
    expect(successTextOf(done.html)).toBe('Your address is confirmed. You can sign in now.')
    expect(done.html).not.toMatch(/<form|<input/)
    expect((await me(app, accessToken)).data?.me?.emailVerified).toBe(true)
    const event = { type: 'EMAIL_VERIFIED', actorId: id, success: true }
    expect(await lastEventOf(id)).toMatchObject({ ...event, ...clientInfo })
    expect(requestLogLines(app, '/verify-email').at(-1)).toMatchObject({
      status: 200,
      ip: '127.0.0.1',
      operation: 'VerifyEmail',
      outcomes: ['verifyEmail User'],
    })

    app.clock.advance('1m') // within a minute it is a duplicate
    const again = await trackChanges(app, () => submitForm(app, page, { password }, browserHeaders))
    expect([again.result.status, problemsOf(again.result.html)]).toEqual([400, usedLinkProblems])
    expect(again.touched).toEqual([])
  })

  it('shows an empty form again after a wrong password and consumes nothing', async () => {
    const { email, password, id } = await registerPerson(app)
    const page = await openLink(email)
    const { result, touched } = await trackChanges(app, () =>
      submitForm(app, page, { password: 'wrong "guess" <b>' }, browserHeaders),
    )
    expect([result.status, problemsOf(result.html)]).toEqual([400, ['The password is wrong.']])
    expect(result.html).not.toContain('guess')
    expect(inputsOf(result.html)).toMatchObject([
      { type: 'hidden', name: 'token', value: expect.stringMatching(/^[\w-]{43}$/) as string },
      { name: 'password', value: '', 'aria-invalid': 'true', 'aria-describedby': 'problem intro' },
    ])
    expect(result.html).toContain('<title>Error: Confirm your address – localhost:4000</title>')
    expect(touched).toEqual(['audit_events', 'known_addresses'])
    expect(await lastEventOf(id)).toMatchObject({
      type: 'EMAIL_VERIFIED',
      success: false,
      ...clientInfo,
    })
    expect((await submitForm(app, result, { password })).status).toBe(200)
  })
})

describe('/reset-password', () => {
  it('sets the password, ends all sessions and works once', async () => {
    const { email, id, accessToken } = await registerPerson(app)
    const page = await requestReset(email)
    expect(page.html).toContain('It must have 8 to 256 characters.')
    const done = await submitForm(app, page, { newPassword }, browserHeaders)
    expect([done.status, headingOf(done.html)]).toEqual([200, 'Password changed'])
    expect(done.headers.getSetCookie()).toEqual([])
    expect(await getRefusalReason(app, accessToken)).toBe('SESSION_ENDED')
    expect(getAuthError(await login(email, goodPassword)).code).toBe('INVALID_CREDENTIALS')
    getAuthPayload(await login(email, newPassword))
    const events = (await findAuditEvents(app, id)).filter(({ type }) => type === 'PASSWORD_RESET')
    expect(events).toMatchObject([{ actorId: id, success: true, ...clientInfo }])

    const again = await trackChanges(app, () =>
      submitForm(app, page, { newPassword: 'a third one of mine' }),
    )
    expect([again.result.status, problemsOf(again.result.html)]).toEqual([400, usedLinkProblems])
    expect(again.result.html).toContain('<a href="/forgot-password">Request a new link</a>')
    expect(withoutFailureCounts(again.touched)).toEqual([])
  })

  it('explains why a password is refused and accepts another one', async () => {
    const { email } = await registerPerson(app)
    const page = await requestReset(email)
    const unusableProblem = 'This password cannot be used.'
    for (const [weak, problem] of [
      ['q8-fjw', 'It is too short.'],
      ['x1'.repeat(129), 'It is too long.'],
      ['password1', 'It is one of the passwords that attackers try first.'],
      [email, 'It consists almost only of your address, your name or the name of this service.'],
    ] as const) {
      const { result, touched } = await trackChanges(app, () =>
        submitForm(app, page, { newPassword: weak }),
      )
      expect([result.status, problemsOf(result.html)]).toEqual([400, [unusableProblem, problem]])
      expect(inputsOf(result.html)[1]).toMatchObject({ name: 'newPassword', value: '' })
      expect(touched).toEqual([])
    }
    expect((await submitForm(app, page, { newPassword })).status).toBe(200)
  })

  it('reports an expired link and where to get a new one', async () => {
    const { email } = await registerPerson(app)
    const page = await requestReset(email)
    app.clock.advance('31m')
    const { result, touched } = await trackChanges(app, () =>
      submitForm(app, page, { newPassword }),
    )
    expect([result.status, problemsOf(result.html)]).toEqual([400, ['This link has expired.']])
    expect(result.html).toContain('<a href="/forgot-password">')
    expect(touched).toEqual([])
  })
})

describe('/confirm-email-change', () => {
  it('shows the new address and changes it once, with the password', async () => {
    const { id, accessToken, email } = await registerPerson(app)
    const requestedEmail = newEmail()
    await call(
      app,
      RequestEmailChangeDocument,
      { input: { newEmail: requestedEmail } },
      { token: accessToken },
    )
    const page = await openLink(requestedEmail)
    expect(inputsOf(page.html).map(({ type }) => type)).toEqual(['hidden', 'password'])
    expect(page.html).toContain(`its address is ${requestedEmail}.`)
    const withoutProof = await trackChanges(app, () => submitForm(app, page, {}, browserHeaders))
    expect([withoutProof.result.status, problemsOf(withoutProof.result.html)]).toEqual([
      400,
      ['The password is wrong.'],
    ])
    expect(withoutProof.result.html).toContain(requestedEmail)
    expect(withoutFailureCounts(withoutProof.touched)).toEqual(['audit_events'])
    const done = await submitForm(app, page, { password: goodPassword }, browserHeaders)
    expect([done.status, headingOf(done.html)]).toEqual([200, 'Address changed'])
    getAuthPayload(await login(requestedEmail, goodPassword))
    expect(getAuthError(await login(email, goodPassword)).code).toBe('INVALID_CREDENTIALS')
    const events = (await findAuditEvents(app, id)).filter(({ type }) => type === 'EMAIL_CHANGED')
    expect(events).toMatchObject([
      { success: false, ...clientInfo },
      { success: true, ...clientInfo },
    ])
    const twice = await trackChanges(app, () =>
      submitForm(app, page, { password: goodPassword }, browserHeaders),
    )
    expect([twice.result.html, withoutFailureCounts(twice.touched)]).toEqual([done.html, []])
    app.clock.advance('1m')
    const again = await submitForm(app, page, { password: goodPassword }, browserHeaders)
    expect([again.status, problemsOf(again.html)]).toEqual([400, usedLinkProblems])
  })
})
