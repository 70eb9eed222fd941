import { afterAll, describe, expect, it } from 'vitest'
import {
  DeleteAccountDocument,
  LoginDocument,
  RejectEmailChangeDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  me,
  newEmail,
  getRefusalReason,
  reauthenticate,
  registerPerson,
  signIn,
} from '../../support/app/client.js'
import { createRequestedChange, createConfirmedChange } from '../../support/mail/email-changes.js'
import {
  forwardedFor,
  newIp,
  outcomeOf,
  registerFromIp,
  startRateLimitedApp,
} from '../../support/app/rate-limits.js'
import { getLastMailTo, listMailTo, getMailedToken } from '../../support/mail/mail.js'
import {
  anotherPassword,
  requestEmailChange,
  requestPasswordReset,
  confirmEmailChange,
  rejectEmailChange,
  resetPassword,
} from '../../support/mail/mailed-links.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const emailOf = async (id: string) => (await app.db.user.findUniqueOrThrow({ where: { id } })).email
const findChange = (userId: string) => app.db.emailChange.findFirstOrThrow({ where: { userId } })
const loginTo = async (email: string, password = goodPassword) =>
  outcomeOf(await call(app, LoginDocument, { input: { email, password } }))
const mailRequested = (email: string) => ({
  __typename: 'MailRequested',
  email,
  tokenLifetime: 1_800,
})

describe('a change rejected before its confirmation', () => {
  it('is cancelled, ends the requesting session and sends a reset link', async () => {
    const { person, to, confirmToken, rejectToken: token } = await createRequestedChange(app)
    const { id, email, sessionId } = person
    const other = await signIn(app, person)
    const before = (await listMailTo(app, email)).length
    const { result, touched } = await trackChanges(app, () =>
      rejectEmailChange(app, { token, confirmEmail: ` ${email.toUpperCase()}`.trim() }),
    )
    expect(result).toEqual(mailRequested(email))
    expect(touched).toEqual(['audit_events', 'email_changes', 'outbox_messages', 'sessions'])
    expect((await findAuditEvents(app, id)).at(-1)).toMatchObject({
      type: 'EMAIL_CHANGE_REJECTED',
      actorId: null,
      sessionId,
      success: true,
      ipAddress: '127.0.0.1',
    })
    const session = await app.db.session.findUniqueOrThrow({ where: { id: sessionId } })
    expect(session.endReason).toBe('REVOKED')
    expect(await getRefusalReason(app, person.accessToken)).toBe('SESSION_ENDED')
    expect(await getRefusalReason(app, other.accessToken)).toBeUndefined()
    expect(await findChange(id)).toMatchObject({
      newEmail: to,
      cancelledAt: expect.any(Date) as Date,
      confirmedAt: null,
      passwordHash: null,
    })
    expect(getAuthError(await confirmEmailChange(app, confirmToken)).code).toBe('INVALID_TOKEN')
    expect(await emailOf(id)).toBe(email)
    const newMails = (await listMailTo(app, email)).slice(before)
    expect(newMails.map(({ kind }) => kind)).toEqual(['RESET_PASSWORD'])
    expect(await resetPassword(app, await getMailedToken(app, email))).toMatchObject({ id, email })
  })

  it('gets the same answer a second time, and nothing is written', async () => {
    const { person, rejectToken: token } = await createRequestedChange(app)
    const input = { token, confirmEmail: person.email }
    const first = await rejectEmailChange(app, input)
    const { result, touched } = await trackChanges(app, () => rejectEmailChange(app, input))
    expect(result).toEqual(first)
    expect(touched).toEqual([])
  })

  it('also cancels a newer change: the owner may open any of the e-mails', async () => {
    const { person, rejectToken: token } = await createRequestedChange(app)
    const thief = await signIn(app, person)
    const second = await createRequestedChange(app, thief)
    expect(await rejectEmailChange(app, { token, confirmEmail: person.email })).toEqual(
      mailRequested(person.email),
    )
    expect(getAuthError(await confirmEmailChange(app, second.confirmToken)).code).toBe(
      'INVALID_TOKEN',
    )
    for (const { accessToken } of [person, thief]) {
      expect(await getRefusalReason(app, accessToken)).toBe('SESSION_ENDED')
    }
  })

  it.each(['', 'nonsense', 'someone.else@example.com'])(
    'needs the address of the e-mail; %j is refused and writes nothing',
    async (confirmEmail) => {
      for (const isConfirmed of [false, true]) {
        const change = isConfirmed
          ? await createConfirmedChange(app)
          : await createRequestedChange(app)
        const token = change.rejectToken
        const input = { token, confirmEmail, password: goodPassword }
        const { result, touched } = await trackChanges(app, () => rejectEmailChange(app, input))
        const problems = [{ path: ['input', 'confirmEmail'] }]
        expect(getAuthError(result)).toMatchObject({ code: 'INVALID_INPUT', problems })
        expect(touched).toEqual([])
        const newAddress = { ...input, confirmEmail: change.to }
        expect(getAuthError(await rejectEmailChange(app, newAddress)).code).toBe('INVALID_INPUT')
      }
    },
  )

  it('expires with the request after 24 hours', async () => {
    const { person, rejectToken: token } = await createRequestedChange(app)
    app.clock.advance('24h')
    const input = { token, confirmEmail: person.email }
    const { result, touched } = await trackChanges(app, () => rejectEmailChange(app, input))
    expect(getAuthError(result).code).toBe('TOKEN_EXPIRED')
    expect(touched).toEqual([])
  })
})

describe('a change undone after its confirmation', () => {
  it.each(['rejectToken', 'undoToken'] as const)(
    'restores the address, ends all sessions and sends a reset link (%s)',
    async (which) => {
      const change = await createConfirmedChange(app)
      const { person, to } = change
      const { id, email } = person
      const thief = await signIn(app, { ...person, email: to })
      const [oldMailCount, newMailCount] = [
        (await listMailTo(app, email)).length,
        (await listMailTo(app, to)).length,
      ]
      const input = { token: change[which], confirmEmail: email, password: goodPassword }
      const { result, touched } = await trackChanges(app, () => rejectEmailChange(app, input))
      expect(result).toEqual(mailRequested(email))
      expect(touched).toEqual(
        [
          'audit_events',
          'email_changes',
          'known_addresses',
          'outbox_messages',
          'password_credentials',
          'sessions',
          'users',
        ].sort(),
      )
      expect(await emailOf(id)).toBe(email)
      expect((await findAuditEvents(app, id)).at(-1)).toMatchObject({
        type: 'EMAIL_CHANGE_UNDONE',
        actorId: id,
        success: true,
      })
      for (const { accessToken } of [person, thief]) {
        expect(await getRefusalReason(app, accessToken)).toBe('SESSION_ENDED')
      }
      expect(await findChange(id)).toMatchObject({
        undoneAt: expect.any(Date) as Date,
        passwordHash: null,
      })
      const kinds = (await listMailTo(app, email)).slice(oldMailCount).map(({ kind }) => kind)
      expect(kinds).toEqual(['EMAIL_CHANGE_UNDONE', 'RESET_PASSWORD'])
      const newMails = (await listMailTo(app, to)).slice(newMailCount)
      expect(newMails).toMatchObject([{ kind: 'EMAIL_CHANGE_UNDONE', url: null }])
      // The requester of the change knew the password. It must not work before the reset.
      expect([await loginTo(email), await loginTo(to)]).toEqual([
        'INVALID_CREDENTIALS',
        'INVALID_CREDENTIALS',
      ])
      expect(await resetPassword(app, await getMailedToken(app, email))).toMatchObject({
        id,
        email,
      })
      expect(await loginTo(email, anotherPassword)).toBe('AuthPayload')
    },
  )

  it('gets the same answer a second time, and nothing is written', async () => {
    const { person, undoToken: token } = await createConfirmedChange(app)
    const input = { token, confirmEmail: person.email, password: goodPassword }
    const first = await rejectEmailChange(app, input)
    const { result, touched } = await trackChanges(app, () => rejectEmailChange(app, input))
    expect(result).toEqual(first)
    expect(touched).toEqual([])
  })

  it('needs the password at the time of the request, not a later one', async () => {
    const { person, to, undoToken: token } = await createConfirmedChange(app)
    await requestPasswordReset(app, to)
    expect(await resetPassword(app, await getMailedToken(app, to))).toMatchObject({ email: to })
    const input = { token, confirmEmail: person.email }
    for (const password of [anotherPassword, 'a guess', '', null]) {
      const { result, touched } = await trackChanges(app, () =>
        rejectEmailChange(app, { ...input, password }),
      )
      expect(getAuthError(result).code).toBe('INVALID_CREDENTIALS')
      expect(touched).toEqual(['audit_events'])
    }
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      type: 'EMAIL_CHANGE_UNDONE',
      actorId: null,
      success: false,
    })
    const right = await rejectEmailChange(app, { ...input, password: goodPassword })
    expect(right).toEqual(mailRequested(person.email))
    expect([await loginTo(person.email), await loginTo(person.email, anotherPassword)]).toEqual([
      'INVALID_CREDENTIALS',
      'INVALID_CREDENTIALS',
    ])
  })

  it('also undoes all later changes, confirmed and pending, and revokes their links', async () => {
    const first = await createConfirmedChange(app)
    const { person, to } = first
    const second = await createConfirmedChange(app, { ...person, email: to })
    const third = await createRequestedChange(app, { ...person, email: second.to })
    const input = { token: first.undoToken, confirmEmail: person.email, password: goodPassword }
    expect(await rejectEmailChange(app, input)).toEqual(mailRequested(person.email))
    expect(await emailOf(person.id)).toBe(person.email)
    expect(getAuthError(await confirmEmailChange(app, third.confirmToken)).code).toBe(
      'INVALID_TOKEN',
    )
    const later = { token: second.undoToken, confirmEmail: to, password: goodPassword }
    const { result, touched } = await trackChanges(app, () => rejectEmailChange(app, later))
    expect([getAuthError(result).code, touched]).toEqual(['INVALID_TOKEN', []])
    const rows = await app.db.emailChange.findMany({ where: { userId: person.id } })
    expect(rows.map(({ passwordHash }) => passwordHash)).toEqual([null, null, null])
    // No account reserves the addresses in between any more.
    expect((await registerPerson(app, to)).id).not.toBe(person.id)
  })

  it('keeps earlier changes: they can be undone as well', async () => {
    const first = await createConfirmedChange(app)
    const { person, to } = first
    const second = await createConfirmedChange(app, { ...person, email: to })
    const undo = (token: string, confirmEmail: string) =>
      rejectEmailChange(app, { token, confirmEmail, password: goodPassword })
    expect(await undo(second.undoToken, to)).toEqual(mailRequested(to))
    expect(await emailOf(person.id)).toBe(to)
    expect(await undo(first.undoToken, person.email)).toEqual(mailRequested(person.email))
    expect(await emailOf(person.id)).toBe(person.email)
  })

  it('is possible for seven days; then the hash is deleted, and a week later the row', async () => {
    const { person, undoToken: token } = await createConfirmedChange(app)
    const early = await createConfirmedChange(app)
    const input = { token, confirmEmail: person.email, password: goodPassword }
    const runCleanUp = () =>
      app.app.services.jobs
        .find(({ name }) => name === 'remove old e-mail changes')
        ?.run(new AbortController().signal)
    app.clock.advance('167h')
    await runCleanUp()
    const inTime = { ...input, token: early.undoToken, confirmEmail: early.person.email }
    expect(await rejectEmailChange(app, inTime)).toEqual(mailRequested(early.person.email))
    app.clock.advance('1h')
    const { result, touched } = await trackChanges(app, () => rejectEmailChange(app, input))
    expect([getAuthError(result).code, touched]).toEqual(['TOKEN_EXPIRED', []])
    expect((await findChange(person.id)).passwordHash).not.toBeNull()
    await runCleanUp()
    expect((await findChange(person.id)).passwordHash).toBeNull()
    app.clock.advance('7d')
    await runCleanUp()
    expect(await app.db.emailChange.count({ where: { userId: person.id } })).toBe(0)
    expect(getAuthError(await rejectEmailChange(app, input)).code).toBe('INVALID_TOKEN')
  })

  it('works for a disabled account, which stays disabled and gets no reset link', async () => {
    const { person, undoToken: token } = await createConfirmedChange(app)
    await app.app.services.users.disable(person.id)
    const input = { token, confirmEmail: person.email, password: goodPassword }
    expect(await rejectEmailChange(app, input)).toEqual(mailRequested(person.email))
    const row = await app.db.user.findUniqueOrThrow({ where: { id: person.id } })
    expect(row).toMatchObject({ email: person.email, disabledAt: expect.any(Date) as Date })
    expect((await getLastMailTo(app, person.email)).kind).toBe('EMAIL_CHANGE_UNDONE')
  })
})

it.each(['', 'nonsense', 'A'.repeat(43)])('an unknown token is refused (%#)', async (token) => {
  const input = { token, confirmEmail: newEmail(), password: goodPassword }
  const { result, touched } = await trackChanges(app, () => rejectEmailChange(app, input))
  expect([getAuthError(result).code, touched]).toEqual(['INVALID_TOKEN', []])
})

describe('a deletion within the seven days', () => {
  it('is final and also notifies the old address', async () => {
    const { person, to, undoToken: token } = await createConfirmedChange(app)
    const { accessToken } = person
    await reauthenticate(app, person)
    const confirm = { input: { confirmEmail: to } }
    await call(app, DeleteAccountDocument, confirm, { token: accessToken })
    for (const recipient of [to, person.email]) {
      expect((await getLastMailTo(app, recipient)).kind).toBe('ACCOUNT_DELETED')
    }
    const input = { token, confirmEmail: person.email, password: goodPassword }
    expect(getAuthError(await rejectEmailChange(app, input)).code).toBe('INVALID_TOKEN')
    expect((await registerPerson(app, person.email)).id).not.toBe(person.id)
  })

  it('does not notify an old address after a week, or the address of an unconfirmed request', async () => {
    const { person, to } = await createConfirmedChange(app)
    app.clock.advance('7d')
    const again = await signIn(app, { ...person, email: to })
    const pending = await createRequestedChange(app, again)
    const confirm = { input: { confirmEmail: to } }
    await call(app, DeleteAccountDocument, confirm, { token: again.accessToken })
    expect((await getLastMailTo(app, to)).kind).toBe('ACCOUNT_DELETED')
    for (const recipient of [person.email, pending.to]) {
      expect((await getLastMailTo(app, recipient)).kind).not.toBe('ACCOUNT_DELETED')
    }
  })
})

it('a user can change back to the old address, and undoing this keeps a working address', async () => {
  const first = await createConfirmedChange(app)
  const { person, to } = first
  const back = await createConfirmedChange(app, { ...person, email: to }, person.email)
  expect((await me(app, person.accessToken)).data?.me?.email).toBe(person.email)
  const undo = (token: string, confirmEmail: string) =>
    rejectEmailChange(app, { token, confirmEmail, password: goodPassword })
  expect(await undo(back.undoToken, to)).toEqual(mailRequested(to))
  expect(await emailOf(person.id)).toBe(to)
  expect(await undo(first.rejectToken, person.email)).toEqual(mailRequested(person.email))
  expect(await emailOf(person.id)).toBe(person.email)
})

describe('password guesses', async () => {
  const limited = await startRateLimitedApp()
  afterAll(limited.close)

  it('have the same delay as guesses at sign-in, but a separate counter', async () => {
    const owner = await registerFromIp(limited)
    const to = newEmail()
    await requestEmailChange(limited, owner.accessToken, to)
    const session = { token: owner.accessToken, password: null }
    await confirmEmailChange(limited, await getMailedToken(limited, to), session)
    const token = await getMailedToken(limited, owner.email)
    const attempt = async (password: string) => {
      const options = { headers: forwardedFor(newIp()) }
      const input = { token, confirmEmail: owner.email, password }
      return outcomeOf(await call(limited, RejectEmailChangeDocument, { input }, options))
    }
    for (const email of [to, owner.email]) {
      for (let i = 0; i < 5; i += 1) {
        const input = { email, password: 'a guess' }
        await call(limited, LoginDocument, { input }, { headers: forwardedFor(newIp()) })
      }
    }
    for (let i = 0; i < 5; i += 1) expect(await attempt('a guess')).toBe('INVALID_CREDENTIALS')
    const { result, touched } = await trackChanges(limited, () => attempt(goodPassword))
    expect([result, touched]).toEqual(['RATE_LIMITED 1', []])
    limited.clock.advance('1s')
    expect(await attempt(goodPassword)).toBe('MailRequested')
  })

  it('are limited to ten in a day', async () => {
    const owner = await registerFromIp(limited)
    const to = newEmail()
    await requestEmailChange(limited, owner.accessToken, to)
    const session = { token: owner.accessToken, password: null }
    await confirmEmailChange(limited, await getMailedToken(limited, to), session)
    const token = await getMailedToken(limited, owner.email)
    const attempt = async (password: string) => {
      const options = { headers: forwardedFor(newIp()) }
      const input = { token, confirmEmail: owner.email, password }
      return outcomeOf(await call(limited, RejectEmailChangeDocument, { input }, options))
    }
    for (let i = 0; i < 9; i += 1) {
      expect(await attempt('a guess')).toBe('INVALID_CREDENTIALS')
      limited.clock.advance('1m')
    }
    expect(await attempt('a guess')).toBe('INVALID_CREDENTIALS')
    limited.clock.advance('1h')
    expect(await attempt(goodPassword)).toMatch(/^RATE_LIMITED \d{5}$/)
    limited.clock.advance('24h')
    expect(await attempt(goodPassword)).toBe('MailRequested')
  })
})

it('with APP_URL, the links open the app', async () => {
  const ownPagesApp = await startApp({ env: { APP_URL: 'https://app.example.com' } })
  try {
    const { person } = await createConfirmedChange(ownPagesApp)
    const urls = (await listMailTo(ownPagesApp, person.email)).slice(1).map(({ url }) => url)
    expect(urls).toHaveLength(2)
    for (const url of urls) {
      expect(url).toMatch(/^https:\/\/app\.example\.com\/reject-email-change\?token=[\w-]{43}$/)
    }
  } finally {
    await ownPagesApp.close()
  }
})
