import { afterAll, describe, expect, it } from 'vitest'
import { RequestPasswordResetDocument } from '@latchkey/client/operations'
import { call, newEmail, registerPerson } from '../../support/app/client.js'
import { forwarded, newPlace, ownerAt, startLimitedApp } from '../../support/app/limits.js'
import { mailTo, tokenFor } from '../../support/mail/mail.js'
import {
  inputsOf,
  openPage,
  problemsOf,
  sendForm,
  submit,
  successOf,
} from '../../support/browser/pages.js'
import { auditOf, watch } from '../../support/database/watch.js'

const app = await startLimitedApp()
afterAll(app.close)

const browser = { 'user-agent': 'Mozilla/5.0 (a browser)', 'sec-fetch-site': 'same-origin' }

const ask = (email: string) => sendForm(app, '/forgot-password', { email }, forwarded(newPlace()))

describe('/forgot-password', () => {
  it('answers the same bytes whether or not there is an account, and sends a link if there is', async () => {
    const { email, id } = await registerPerson(app)
    await mailTo(app, email)
    const page = await openPage(app, '/forgot-password')
    const nobody = newEmail()
    const answers = [
      await submit(app, page, { email }, browser),
      await submit(app, page, { email: nobody }, browser),
    ].map(({ status, headers, html }) => {
      const { date, 'x-request-id': requestId, ...rest } = Object.fromEntries(headers)
      expect([date, requestId]).not.toContain(undefined)
      return { status, html, rest }
    })
    expect(answers[0]).toEqual(answers[1])
    expect(successOf(answers[0]?.html ?? '')).toBe(
      'If there is an account with this address, a message is on its way.',
    )
    expect(await tokenFor(app, email)).toMatch(/^[\w-]{43}$/)
    expect(await mailTo(app, nobody)).toEqual([])
    const events = (await auditOf(app, id)).filter(({ type }) => type !== 'USER_REGISTERED')
    const seenAs = { ipAddress: '127.0.0.1', userAgent: browser['user-agent'] }
    expect(events).toMatchObject([{ type: 'PASSWORD_RESET_REQUESTED', ...seenAs }])
  })

  it.each([
    'ada',
    '"><script>alert(1)</script>@example.com',
    ' ',
    "{{token}}'@",
    'ada@example.com\0',
  ])('keeps an address that is none in the field for its owner to correct: %j', async (email) => {
    const { result, touched } = await watch(app, () => sendForm(app, '/forgot-password', { email }))
    expect(result.status).toBe(400)
    expect(problemsOf(result.html)[0]).toContain('This is not an e-mail address.')
    expect(result.html).not.toContain('<script')
    const fields = inputsOf(result.html)
    expect(fields).toMatchObject([{ name: 'email', value: email, 'aria-invalid': 'true' }])
    expect(touched).toEqual([])
  })

  it('counts together with GraphQL, for an address that somebody has and one that nobody has', async () => {
    const owner = await ownerAt(app)
    for (const email of [owner.email, newEmail()]) {
      for (let i = 0; i < 3; i += 1) {
        const headers = forwarded(newPlace())
        await call(app, RequestPasswordResetDocument, { input: { email } }, { headers })
      }
      for (let i = 0; i < 2; i += 1) {
        expect((await ask(email)).status).toBe(200)
      }
      const { result, touched } = await watch(app, () => ask(email.toUpperCase()))
      expect([result.status, result.headers.get('retry-after')]).toEqual([429, '3600'])
      expect(problemsOf(result.html)[1]).toBe('Try again in 60 minutes.')
      expect(inputsOf(result.html)).toMatchObject([{ name: 'email', value: email.toUpperCase() }])
      expect(touched).toEqual([])
    }
  })
})
