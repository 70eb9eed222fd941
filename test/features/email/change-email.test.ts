import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument, ReauthenticateDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  failure,
  goodPassword,
  newEmail,
  refresh,
  registerPerson,
  succeeded,
} from '../../support/app/client.js'
import { lastMailTo, mailTo, tokenFor } from '../../support/mail/mail.js'
import { askForChange, confirmChange } from '../../support/mail/mailed-links.js'
import { auditOf, watch } from '../../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

const change = async (token: string | null, to: string) =>
  (await askForChange(app, token, to)).data?.requestEmailChange

const pendingEmail = async (token: string) => {
  const { data } = await call<{ me: { email: string; pendingEmail: string | null } }, object>(
    app,
    '{ me { email pendingEmail } }',
    {},
    { token },
  )
  return data?.me
}

describe('asking for another address', () => {
  it('changes nothing yet: the new mailbox gets a link, the old one is told at once', async () => {
    const { id, email, sessionId, accessToken } = await registerPerson(app)
    await app.deliver()
    const to = newEmail()
    const { result, touched } = await watch(app, () => change(accessToken, to.toUpperCase()))
    expect(result).toMatchObject({ __typename: 'User', id, email, pendingEmail: to })
    expect(touched).toEqual(['audit_events', 'email_changes', 'outbox_messages'])
    expect(await pendingEmail(accessToken)).toEqual({ email, pendingEmail: to })
    const events = await auditOf(app, id)
    expect(events.at(-1)).toMatchObject({
      type: 'EMAIL_CHANGE_REQUESTED',
      sessionId,
      success: true,
    })

    const told = await lastMailTo(app, email)
    expect(told.kind).toBe('EMAIL_CHANGE_REQUESTED')
    expect(told.url).toMatch(/^http:\/\/localhost:4000\/reject-email-change\?token=[\w-]{43}$/)
    expect(told.text).not.toContain(to) // a text of the asker's
    const [link, ...more] = await mailTo(app, to)
    expect(link?.url).toMatch(/^http:\/\/localhost:4000\/confirm-email-change\?token=[\w-]{43}$/)
    expect(more).toEqual([])
    expect(await app.db.user.findUniqueOrThrow({ where: { id } })).toMatchObject({ email })
    const input = { email: to, password: goodPassword }
    const { data } = await call(app, LoginDocument, { input })
    expect(failure(data?.login).code).toBe('INVALID_CREDENTIALS')
  })

  it('wants a proof of presence within ten minutes', async () => {
    const person = await registerPerson(app)
    app.clock.advance('11m')
    const { accessToken: token } = succeeded(await refresh(app, person.refreshToken))
    const to = newEmail()
    const { result, touched } = await watch(app, () => change(token, to))
    expect(failure(result)).toMatchObject({
      code: 'REAUTHENTICATION_REQUIRED',
      methods: ['PASSWORD'],
    })
    expect(touched).toEqual([])
    const input = { password: goodPassword }
    const { data } = await call(app, ReauthenticateDocument, { input }, { token })
    succeeded(data?.reauthenticate)
    expect(await change(token, to)).toMatchObject({ pendingEmail: to })
  })

  it('lapses after 24 hours, and so does the link', async () => {
    const person = await registerPerson(app)
    const to = newEmail()
    await change(person.accessToken, to)
    const token = await tokenFor(app, to)
    app.clock.advance('23h')
    const later = succeeded(await refresh(app, person.refreshToken))
    expect(await pendingEmail(later.accessToken)).toMatchObject({ pendingEmail: to })
    app.clock.advance('1h')
    const last = succeeded(await refresh(app, later.refreshToken ?? ''))
    expect(await pendingEmail(last.accessToken)).toMatchObject({ pendingEmail: null })
    const { result, touched } = await watch(app, () => confirmChange(app, token))
    expect(failure(result).code).toBe('TOKEN_EXPIRED')
    expect(touched).toEqual([])
  })

  it.each([
    ['the address that it has', (email: string) => email],
    ['the same in another spelling', (email: string) => email.toUpperCase()],
    ['nonsense', () => 'no address'],
    ['nothing', () => ''],
    ['two addresses', () => 'a@example.com, b@example.com'],
  ])('for %s is INVALID_INPUT, and writes nothing', async (_, typed) => {
    const { email, accessToken } = await registerPerson(app)
    const { result, touched } = await watch(app, () => change(accessToken, typed(email)))
    const problems = [{ path: ['input', 'newEmail'] }]
    expect(failure(result)).toMatchObject({ code: 'INVALID_INPUT', problems })
    expect(touched).toEqual([])
  })

  it('wants a valid access token', async () => {
    const { result, touched } = await watch(app, () => askForChange(app, null, newEmail()))
    expect(result.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect(touched).toEqual([])
  })
})

describe('asking a second time', () => {
  it('replaces the first: its link is dead', async () => {
    const { accessToken } = await registerPerson(app)
    const [first, second] = [newEmail(), newEmail()]
    await change(accessToken, first)
    const dead = await tokenFor(app, first)
    await change(accessToken, second)
    expect(failure(await confirmChange(app, dead)).code).toBe('INVALID_TOKEN')
    const result = await confirmChange(app, await tokenFor(app, second))
    expect(result).toMatchObject({ __typename: 'User', email: second })
  })

  it('before the first message was sent: it never is', async () => {
    const { accessToken } = await registerPerson(app)
    const [first, second] = [newEmail(), newEmail()]
    await change(accessToken, first)
    await change(accessToken, second)
    expect(await mailTo(app, first)).toEqual([])
    expect(await app.db.outboxMessage.count({ where: { recipient: first } })).toBe(0)
    expect(await confirmChange(app, await tokenFor(app, second))).toMatchObject({ email: second })
  })
})
