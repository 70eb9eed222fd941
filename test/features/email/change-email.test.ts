import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument, ReauthenticateDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  newEmail,
  refresh,
  registerPerson,
  getAuthPayload,
} from '../../support/app/client.js'
import { getLastMailTo, listMailTo, getMailedToken } from '../../support/mail/mail.js'
import { requestEmailChange, confirmEmailChange } from '../../support/mail/mailed-links.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const tryRequestChange = async (token: string | null, to: string) =>
  (await requestEmailChange(app, token, to)).data?.requestEmailChange

const pendingEmail = async (token: string) => {
  const { data } = await call<{ me: { email: string; pendingEmail: string | null } }, object>(
    app,
    '{ me { email pendingEmail } }',
    {},
    { token },
  )
  return data?.me
}

describe('a request for another address', () => {
  it('changes nothing yet: the new mailbox gets a link, and the old one gets a notice', async () => {
    const { id, email, sessionId, accessToken } = await registerPerson(app)
    await app.deliver()
    const to = newEmail()
    const { result, touched } = await trackChanges(app, () =>
      tryRequestChange(accessToken, to.toUpperCase()),
    )
    expect(result).toMatchObject({ __typename: 'User', id, email, pendingEmail: to })
    expect(touched).toEqual(['audit_events', 'email_changes', 'outbox_messages'])
    expect(await pendingEmail(accessToken)).toEqual({ email, pendingEmail: to })
    const events = await findAuditEvents(app, id)
    expect(events.at(-1)).toMatchObject({
      type: 'EMAIL_CHANGE_REQUESTED',
      sessionId,
      success: true,
    })

    const notice = await getLastMailTo(app, email)
    expect(notice.kind).toBe('EMAIL_CHANGE_REQUESTED')
    expect(notice.url).toMatch(/^http:\/\/localhost:4000\/reject-email-change\?token=[\w-]{43}$/)
    expect(notice.text).not.toContain(to) // a text of the requester
    const [link, ...more] = await listMailTo(app, to)
    expect(link?.url).toMatch(/^http:\/\/localhost:4000\/confirm-email-change\?token=[\w-]{43}$/)
    expect(more).toEqual([])
    expect(await app.db.user.findUniqueOrThrow({ where: { id } })).toMatchObject({ email })
    const input = { email: to, password: goodPassword }
    const { data } = await call(app, LoginDocument, { input })
    expect(getAuthError(data?.login).code).toBe('INVALID_CREDENTIALS')
  })

  it('needs a presence proof of the last ten minutes', async () => {
    const person = await registerPerson(app)
    app.clock.advance('11m')
    const { accessToken: token } = getAuthPayload(await refresh(app, person.refreshToken))
    const to = newEmail()
    const { result, touched } = await trackChanges(app, () => tryRequestChange(token, to))
    expect(getAuthError(result)).toMatchObject({
      code: 'REAUTHENTICATION_REQUIRED',
      methods: ['PASSWORD'],
    })
    expect(touched).toEqual([])
    const input = { password: goodPassword }
    const { data } = await call(app, ReauthenticateDocument, { input }, { token })
    getAuthPayload(data?.reauthenticate)
    expect(await tryRequestChange(token, to)).toMatchObject({ pendingEmail: to })
  })

  it('expires with its link after 24 hours', async () => {
    const person = await registerPerson(app)
    const to = newEmail()
    await tryRequestChange(person.accessToken, to)
    const token = await getMailedToken(app, to)
    app.clock.advance('23h')
    const later = getAuthPayload(await refresh(app, person.refreshToken))
    expect(await pendingEmail(later.accessToken)).toMatchObject({ pendingEmail: to })
    app.clock.advance('1h')
    const last = getAuthPayload(await refresh(app, later.refreshToken ?? ''))
    expect(await pendingEmail(last.accessToken)).toMatchObject({ pendingEmail: null })
    const { result, touched } = await trackChanges(app, () => confirmEmailChange(app, token))
    expect(getAuthError(result).code).toBe('TOKEN_EXPIRED')
    expect(touched).toEqual([])
  })

  it.each([
    ['the address that it has', (email: string) => email],
    ['the same in another spelling', (email: string) => email.toUpperCase()],
    ['nonsense', () => 'no address'],
    ['nothing', () => ''],
    ['two addresses', () => 'a@example.com, b@example.com'],
  ])('for %s is INVALID_INPUT and writes nothing', async (_, typed) => {
    const { email, accessToken } = await registerPerson(app)
    const { result, touched } = await trackChanges(app, () =>
      tryRequestChange(accessToken, typed(email)),
    )
    const problems = [{ path: ['input', 'newEmail'] }]
    expect(getAuthError(result)).toMatchObject({ code: 'INVALID_INPUT', problems })
    expect(touched).toEqual([])
  })

  it('needs a valid access token', async () => {
    const { result, touched } = await trackChanges(app, () =>
      requestEmailChange(app, null, newEmail()),
    )
    expect(result.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect(touched).toEqual([])
  })
})

describe('a second request', () => {
  it('replaces the first and revokes its link', async () => {
    const { accessToken } = await registerPerson(app)
    const [first, second] = [newEmail(), newEmail()]
    await tryRequestChange(accessToken, first)
    const deadToken = await getMailedToken(app, first)
    await tryRequestChange(accessToken, second)
    expect(getAuthError(await confirmEmailChange(app, deadToken)).code).toBe('INVALID_TOKEN')
    const result = await confirmEmailChange(app, await getMailedToken(app, second))
    expect(result).toMatchObject({ __typename: 'User', email: second })
  })

  it('cancels an unsent e-mail of the first', async () => {
    const { accessToken } = await registerPerson(app)
    const [first, second] = [newEmail(), newEmail()]
    await tryRequestChange(accessToken, first)
    await tryRequestChange(accessToken, second)
    expect(await listMailTo(app, first)).toEqual([])
    expect(await app.db.outboxMessage.count({ where: { recipient: first } })).toBe(0)
    expect(await confirmEmailChange(app, await getMailedToken(app, second))).toMatchObject({
      email: second,
    })
  })
})
