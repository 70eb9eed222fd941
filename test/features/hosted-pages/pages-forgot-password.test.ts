import { afterAll, describe, expect, it } from 'vitest'
import { RequestPasswordResetDocument } from '@latchkey/client/operations'
import { call, newEmail, registerPerson } from '../../support/app/client.js'
import {
  forwardedFor,
  newIp,
  registerFromIp,
  startRateLimitedApp,
} from '../../support/app/rate-limits.js'
import { listMailTo, getMailedToken } from '../../support/mail/mail.js'
import {
  inputsOf,
  openPage,
  problemsOf,
  sendForm,
  submitForm,
  successTextOf,
} from '../../support/browser/hosted-pages.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startRateLimitedApp()
afterAll(app.close)

const browserHeaders = { 'user-agent': 'Mozilla/5.0 (a browser)', 'sec-fetch-site': 'same-origin' }

const requestReset = (email: string) =>
  sendForm(app, '/forgot-password', { email }, forwardedFor(newIp()))

describe('/forgot-password', () => {
  it('answers with the same bytes for known and unknown addresses, and sends a link to known ones', async () => {
    const { email, id } = await registerPerson(app)
    await listMailTo(app, email)
    const page = await openPage(app, '/forgot-password')
    const unknownEmail = newEmail()
    const answers = [
      await submitForm(app, page, { email }, browserHeaders),
      await submitForm(app, page, { email: unknownEmail }, browserHeaders),
    ].map(({ status, headers, html }) => {
      const { date, 'x-request-id': requestId, ...rest } = Object.fromEntries(headers)
      expect([date, requestId]).not.toContain(undefined)
      return { status, html, rest }
    })
    expect(answers[0]).toEqual(answers[1])
    expect(successTextOf(answers[0]?.html ?? '')).toBe(
      'If there is an account with this address, we have sent you an e-mail.',
    )
    expect(await getMailedToken(app, email)).toMatch(/^[\w-]{43}$/)
    expect(await listMailTo(app, unknownEmail)).toEqual([])
    const events = (await findAuditEvents(app, id)).filter(({ type }) => type !== 'USER_REGISTERED')
    const clientInfo = { ipAddress: '127.0.0.1', userAgent: browserHeaders['user-agent'] }
    expect(events).toMatchObject([{ type: 'PASSWORD_RESET_REQUESTED', ...clientInfo }])
  })

  it.each([
    'ada',
    '"><script>alert(1)</script>@example.com',
    ' ',
    "{{token}}'@",
    'ada@example.com\0',
  ])('keeps an invalid address in the field for correction: %j', async (email) => {
    const { result, touched } = await trackChanges(app, () =>
      sendForm(app, '/forgot-password', { email }),
    )
    expect(result.status).toBe(400)
    expect(problemsOf(result.html)[0]).toContain('This is not an e-mail address.')
    expect(result.html).not.toContain('<script')
    const fields = inputsOf(result.html)
    expect(fields).toMatchObject([{ name: 'email', value: email, 'aria-invalid': 'true' }])
    expect(touched).toEqual([])
  })

  it('counts together with GraphQL for known and unknown addresses', async () => {
    const owner = await registerFromIp(app)
    for (const email of [owner.email, newEmail()]) {
      for (let i = 0; i < 3; i += 1) {
        const headers = forwardedFor(newIp())
        await call(app, RequestPasswordResetDocument, { input: { email } }, { headers })
      }
      for (let i = 0; i < 2; i += 1) {
        expect((await requestReset(email)).status).toBe(200)
      }
      const { result, touched } = await trackChanges(app, () => requestReset(email.toUpperCase()))
      expect([result.status, result.headers.get('retry-after')]).toEqual([429, '3600'])
      expect(problemsOf(result.html)[1]).toBe('Try again in 60 minutes.')
      expect(inputsOf(result.html)).toMatchObject([{ name: 'email', value: email.toUpperCase() }])
      expect(touched).toEqual([])
    }
  })
})
