import { afterAll, describe, expect, it } from 'vitest'
import {
  ChangePasswordDocument,
  ConfirmEmailChangeDocument,
  LoginDocument,
  RevokeOtherSessionsDocument,
  RevokeSessionDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  logout,
  me,
  newEmail,
  refresh,
  getRefusalReason,
  registerPerson,
  signIn,
  getAuthPayload,
  type Person,
} from '../../support/app/client.js'
import {
  forwardedFor,
  guessPassword,
  outcomeOf,
  registerFromIp,
  startRateLimitedApp,
} from '../../support/app/rate-limits.js'
import { listMailTo, getMailedToken } from '../../support/mail/mail.js'
import {
  requestEmailChange,
  requestPasswordReset,
  confirmEmailChange,
  resetPassword,
} from '../../support/mail/mailed-links.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

/** A user who requested another address, and the token from the e-mail to it. */
async function createPendingChange() {
  const person = await registerPerson(app)
  const to = newEmail()
  await requestEmailChange(app, person.accessToken, to)
  return { person, to, token: await getMailedToken(app, to) }
}

const login = async (email: string) =>
  (await call(app, LoginDocument, { input: { email, password: goodPassword } })).data?.login

const isSessionLive = async ({ accessToken, sessionId: id }: Person) => {
  const reason = await getRefusalReason(app, accessToken)
  const { endReason } = await app.db.session.findUniqueOrThrow({ where: { id } })
  expect(reason ? [reason, endReason] : null).toEqual(reason ? ['SESSION_ENDED', 'REVOKED'] : null)
  return reason === undefined
}

describe('a confirmed change', () => {
  it('sets and verifies the new address and notifies both mailboxes', async () => {
    const { person, to, token } = await createPendingChange()
    const { id, email, sessionId } = person
    const before = (await listMailTo(app, email)).length
    const result = await confirmEmailChange(app, token)
    expect(result).toMatchObject({ __typename: 'User', id, email: to, emailVerified: true })
    expect(getAuthError(await login(email)).code).toBe('INVALID_CREDENTIALS')
    expect(getAuthPayload(await login(to)).user).toMatchObject({
      id,
      email: to,
      emailVerified: true,
    })
    const [event] = (await findAuditEvents(app, id)).filter(({ type }) => type === 'EMAIL_CHANGED')
    expect(event).toMatchObject({ actorId: id, sessionId, success: true })

    const toOld = (await listMailTo(app, email)).slice(before)
    const url = expect.stringMatching(/\/reject-email-change\?token=[\w-]{43}$/) as string
    expect(toOld).toMatchObject([{ kind: 'EMAIL_CHANGED', url }])
    expect(toOld[0]?.text).toMatch(/has been changed[^]* 7 days\./)
    expect(toOld[0]?.text).not.toContain(to)
    const toNew = (await listMailTo(app, to)).slice(1)
    expect(toNew).toMatchObject([{ kind: 'EMAIL_CHANGE_CONFIRMED', url: null }])
    expect(toNew[0]?.text).toMatch(/has been changed/)
    expect(toNew[0]?.text).not.toContain(email)

    app.clock.advance('2m')
    const again = await trackChanges(app, () => confirmEmailChange(app, token))
    expect(getAuthError(again.result).code).toBe('INVALID_TOKEN')
    expect(again.touched).toEqual([])
  })

  it('ends all sessions except the requesting one and starts none', async () => {
    const { person, token } = await createPendingChange()
    const other = await signIn(app, person)
    const sessions = await app.db.session.count()
    await confirmEmailChange(app, token)
    expect(await app.db.session.count()).toBe(sessions)
    expect(await isSessionLive(person)).toBe(true)
    expect(await isSessionLive(other)).toBe(false)
    expect(getAuthError(await refresh(app, other.refreshToken)).code).toBe('SESSION_ENDED')
    getAuthPayload(await refresh(app, person.refreshToken))
  })

  it('keeps the confirming session', async () => {
    const { person, token } = await createPendingChange()
    const [other, confirming] = [await signIn(app, person), await signIn(app, person)]
    await confirmEmailChange(app, token, { token: confirming.accessToken })
    const alive = [
      await isSessionLive(person),
      await isSessionLive(other),
      await isSessionLive(confirming),
    ]
    expect(alive).toEqual([true, false, true])
  })

  it('needs no password in the requesting session', async () => {
    const { person, to, token } = await createPendingChange()
    const options = { token: person.accessToken, password: null }
    expect(await confirmEmailChange(app, token, options)).toMatchObject({
      id: person.id,
      email: to,
    })
    expect(await isSessionLive(person)).toBe(true)
  })

  it('changes the requesting account, even if another user opens the link', async () => {
    const { person, to, token } = await createPendingChange()
    const otherPerson = await registerPerson(app)
    const result = await confirmEmailChange(app, token, { token: otherPerson.accessToken })
    expect(result).toMatchObject({ id: person.id, email: to })
    expect((await me(app, otherPerson.accessToken)).data?.me?.email).toBe(otherPerson.email)
  })

  it('revokes all links to the old address, including unsent ones', async () => {
    const { person, token } = await createPendingChange()
    await requestPasswordReset(app, person.email)
    const reset = await getMailedToken(app, person.email)
    await requestPasswordReset(app, person.email)
    await confirmEmailChange(app, token)
    const { result, touched } = await trackChanges(app, () => resetPassword(app, reset))
    expect(getAuthError(result).code).toBe('INVALID_TOKEN')
    expect(touched).toEqual([])
    const kinds = (await listMailTo(app, person.email)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'RESET_PASSWORD')).toHaveLength(1)
    expect(await app.db.oneTimeToken.count({ where: { userId: person.id, usedHash: null } })).toBe(
      0,
    )
  })
})

describe('the link alone is INVALID_CREDENTIALS and stays valid:', () => {
  interface Proof {
    readonly password: string | null
    readonly token?: string
  }

  it.each<[string, (of: { person: Person; other: Person; otherPerson: Person }) => Proof]>([
    ['without a password and a session', () => ({ password: null })],
    ['with an empty password', () => ({ password: '' })],
    ['with a wrong password', () => ({ password: 'not that one' })],
    [
      'in another session of the account',
      ({ other }) => ({ password: null, token: other.accessToken }),
    ],
    [
      'in a session of another user',
      ({ otherPerson }) => ({ password: null, token: otherPerson.accessToken }),
    ],
    ['with an invalid token', () => ({ password: null, token: 'no.token.atall' })],
  ])('%s', async (_, proofOf) => {
    const { person, to, token } = await createPendingChange()
    const [other, otherPerson] = [await signIn(app, person), await registerPerson(app)]
    const proof = proofOf({ person, other, otherPerson })
    const { result, touched } = await trackChanges(app, () => confirmEmailChange(app, token, proof))
    expect(getAuthError(result).code).toBe('INVALID_CREDENTIALS')
    const counted = proof.password === null ? [] : ['known_addresses'] // a failure from that network
    expect(touched).toEqual(['audit_events', ...counted])
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      type: 'EMAIL_CHANGED',
      actorId: null,
      success: false,
    })
    const { id, email } = person
    expect(await app.db.user.findUniqueOrThrow({ where: { id } })).toMatchObject({ email })
    expect(await confirmEmailChange(app, token)).toMatchObject({ email: to })
  })
})

describe('a repeated request', () => {
  it.each<[string, (person: Person) => { password: string | null; token?: string }]>([
    ['by password', () => ({ password: goodPassword })],
    ['in the requesting session', (person) => ({ password: null, token: person.accessToken })],
  ])('gets the same answer within a minute and writes nothing: %s', async (_, proofOf) => {
    const { person, token } = await createPendingChange()
    const first = await confirmEmailChange(app, token, proofOf(person))
    app.clock.advance('59s')
    const again = await trackChanges(app, () => confirmEmailChange(app, token, proofOf(person)))
    expect(again.result).toEqual(first)
    expect(again.touched).toEqual([])
    app.clock.advance('2s')
    const late = await trackChanges(app, () => confirmEmailChange(app, token, proofOf(person)))
    expect(getAuthError(late.result).code).toBe('INVALID_TOKEN')
    expect(late.touched.filter((table) => table !== 'refresh_tokens')).toEqual([]) // a session in use
  })

  it.each([null, 'a guess'])('is refused without the proof (%j)', async (password) => {
    const { token } = await createPendingChange()
    await confirmEmailChange(app, token)
    const again = await confirmEmailChange(app, token, { password })
    expect(getAuthError(again).code).toBe('INVALID_CREDENTIALS')
  })
})

describe('the end of the requesting session decides about the request:', () => {
  const confirmAfter = async (end: (of: { person: Person; other: Person }) => Promise<unknown>) => {
    const { person, to, token } = await createPendingChange()
    const other = await signIn(app, person)
    await end({ person, other })
    const { accessToken } = other
    const pending = await call<{ me: { pendingEmail: string | null } }, object>(
      app,
      '{ me { pendingEmail } }',
      {},
      { token: accessToken },
    )
    const stale = await confirmEmailChange(app, token, {
      password: null,
      token: person.accessToken,
    })
    const { password } = other
    const { result, touched } = await trackChanges(app, () =>
      confirmEmailChange(app, token, { password }),
    )
    return {
      to,
      pending: pending.data?.me.pendingEmail,
      stale: getAuthError(stale).code,
      result,
      touched,
    }
  }

  it.each<[string, (of: { person: Person; other: Person }) => Promise<unknown>]>([
    ['signed out', ({ person }) => logout(app, person.refreshToken)],
    [
      'evicted',
      ({ person: { sessionId: id } }) =>
        app.db.session.update({
          where: { id },
          data: { endedAt: app.clock.now(), endReason: 'EVICTED' },
        }),
    ],
    [
      'expired',
      ({ person: { sessionId } }) =>
        app.db.refreshToken.update({ where: { sessionId }, data: { expiresAt: app.clock.now() } }),
    ],
  ])('%s: the password still confirms', async (_, end) => {
    const { to, pending, stale, result } = await confirmAfter(end)
    expect([pending, stale]).toEqual([to, 'INVALID_CREDENTIALS'])
    expect(result).toMatchObject({ email: to })
  })

  it.each<[string, (of: { person: Person; other: Person }) => Promise<unknown>]>([
    [
      'revoked by revokeOtherSessions',
      ({ other: { accessToken: token } }) => call(app, RevokeOtherSessionsDocument, {}, { token }),
    ],
    [
      'revoked by revokeSession',
      ({ person: { sessionId }, other: { accessToken: token } }) =>
        call(app, RevokeSessionDocument, { input: { sessionId } }, { token }),
    ],
    [
      'ended by a change of password elsewhere',
      async ({ other: { accessToken: token, password: currentPassword } }) => {
        // Changes the password twice: afterwards it is the original again, which the test needs.
        const passwords = [currentPassword, 'another one for a moment', currentPassword]
        for (const i of [0, 1]) {
          const input = { currentPassword: passwords[i] ?? '', newPassword: passwords[i + 1] ?? '' }
          await call(app, ChangePasswordDocument, { input }, { token })
        }
      },
    ],
    [
      'ended because its refresh token was used twice',
      async ({ person: { refreshToken } }) => {
        await refresh(app, refreshToken)
        app.clock.advance('31s')
        expect(getAuthError(await refresh(app, refreshToken)).code).toBe('REFRESH_TOKEN_REUSED')
      },
    ],
  ])('%s: the request is cancelled', async (_, end) => {
    const { pending, stale, result, touched } = await confirmAfter(end)
    expect(pending).toBeNull()
    expect([stale, getAuthError(result).code]).toEqual(['INVALID_TOKEN', 'INVALID_TOKEN'])
    expect(touched).toEqual([])
  })

  it.each(['REVOKED', 'PASSWORD_CHANGED', 'REFRESH_TOKEN_REUSED', 'ACCOUNT_DISABLED'] as const)(
    'the session ended as %s before the e-mail was sent: no link is sent',
    async (endReason) => {
      const person = await registerPerson(app)
      const to = newEmail()
      await requestEmailChange(app, person.accessToken, to)
      const where = { id: person.sessionId }
      await app.db.session.update({ where, data: { endedAt: app.clock.now(), endReason } })
      expect(await listMailTo(app, to)).toEqual([])
      expect((await listMailTo(app, person.email)).at(-1)?.kind).toBe('EMAIL_CHANGE_REQUESTED')
    },
  )
})

describe('password guesses through the link', async () => {
  const limited = await startRateLimitedApp()
  afterAll(limited.close)

  it('share the delay with guesses at sign-in', async () => {
    const owner = await registerFromIp(limited)
    const to = newEmail()
    await requestEmailChange(limited, owner.accessToken, to)
    const token = await getMailedToken(limited, to)
    const attempt = async (password: string) => {
      const options = { headers: forwardedFor(owner.ip) }
      const input = { token, password }
      return outcomeOf(await call(limited, ConfirmEmailChangeDocument, { input }, options))
    }
    for (let i = 0; i < 5; i += 1) expect(await attempt('a guess')).toBe('INVALID_CREDENTIALS')
    const { result, touched } = await trackChanges(limited, () => attempt(owner.password))
    expect([result, touched]).toEqual(['RATE_LIMITED 1', []])
    expect(await guessPassword(limited, owner)).toBe('RATE_LIMITED 1')
    limited.clock.advance('1s')
    expect(await attempt(owner.password)).toBe('User')
  })
})

describe('an impossible change is INVALID_TOKEN and writes nothing:', () => {
  it.each<[string, (to: string, person: Person) => Promise<unknown>]>([
    ['another person registered the address meanwhile', (to) => registerPerson(app, to)],
    ['the account was disabled', (_, { id }) => app.app.services.users.disable(id)],
  ])('%s', async (_, meanwhile) => {
    const { person, to, token } = await createPendingChange()
    await meanwhile(to, person)
    const { result, touched } = await trackChanges(app, () => confirmEmailChange(app, token))
    expect(getAuthError(result).code).toBe('INVALID_TOKEN')
    expect(touched).toEqual([])
    const { id, email } = person
    expect(await app.db.user.findUniqueOrThrow({ where: { id } })).toMatchObject({ email })
  })

  it.each(['', 'nonsense', 'A'.repeat(43)])('the token never was (%#)', async (token) => {
    const { result, touched } = await trackChanges(app, () => confirmEmailChange(app, token))
    expect(getAuthError(result).code).toBe('INVALID_TOKEN')
    expect(touched).toEqual([])
  })
})
