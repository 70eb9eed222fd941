import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import {
  getAuthError,
  logout,
  me,
  refresh,
  getRefusalReason,
  registerPerson,
  signIn,
  getAuthPayload,
} from '../../support/app/client.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

/** Expects that `logout` has ended this session and no other. */
async function expectEnded(person: {
  sessionId: string
  accessToken: string
  refreshToken: string
}) {
  expect(await getRefusalReason(app, person.accessToken)).toBe('SESSION_ENDED')
  expect(getAuthError(await refresh(app, person.refreshToken)).code).toBe('SESSION_ENDED')
  const row = await app.db.session.findUniqueOrThrow({ where: { id: person.sessionId } })
  expect(row).toMatchObject({ endReason: 'LOGOUT' })
  expect(row.endedAt).not.toBeNull()
}

describe('a sign-out', () => {
  it('by refresh token ends only the session of the token, at once', async () => {
    const person = await registerPerson(app)
    const other = await signIn(app, person)
    const { result, touched } = await trackChanges(app, () => logout(app, person.refreshToken))
    expect(result).toEqual({ sessionId: person.sessionId })
    expect(touched).toEqual(['audit_events', 'sessions'])
    await expectEnded(person)
    expect((await me(app, other.accessToken)).data?.me?.id).toBe(person.id)
    getAuthPayload(await refresh(app, other.refreshToken))
  })

  it('by access token alone ends the session of that token', async () => {
    const person = await registerPerson(app)
    const options = { token: person.accessToken }
    expect(await logout(app, null, options)).toEqual({ sessionId: person.sessionId })
    await expectEnded(person)
  })

  it('with both tokens ends only the session of the refresh token', async () => {
    const person = await registerPerson(app)
    const other = await registerPerson(app)
    const options = { token: other.accessToken }
    const ended = await logout(app, person.refreshToken, options)
    expect(ended).toEqual({ sessionId: person.sessionId })
    await expectEnded(person)
    expect((await me(app, other.accessToken)).data?.me?.id).toBe(other.id)
  })

  it('by an older refresh token still ends the session', async () => {
    const person = await registerPerson(app)
    const { refreshToken } = getAuthPayload(await refresh(app, person.refreshToken))
    app.clock.advance('5m')
    expect(await logout(app, person.refreshToken)).toEqual({ sessionId: person.sessionId })
    await expectEnded({ ...person, refreshToken: refreshToken ?? '' })
  })

  it('by a forged refresh token ends only the session of the access token', async () => {
    const person = await registerPerson(app)
    const other = await registerPerson(app)
    const forged = Buffer.from(other.refreshToken, 'base64url').fill(0, 60).toString('base64url')
    const { result, touched } = await trackChanges(app, () => logout(app, forged))
    expect(result).toEqual({ sessionId: null })
    expect(touched).toEqual([])

    const options = { token: person.accessToken }
    expect(await logout(app, forged, options)).toEqual({ sessionId: person.sessionId })
    await expectEnded(person)
    expect((await me(app, other.accessToken)).data?.me?.id).toBe(other.id)
  })

  it('is recorded once', async () => {
    const { id, sessionId, refreshToken } = await registerPerson(app)
    await logout(app, refreshToken)
    await logout(app, refreshToken)
    const events = await findAuditEvents(app, id)
    expect(events.slice(1)).toMatchObject([
      { type: 'LOGOUT', actorId: id, sessionId, success: true, ipAddress: '127.0.0.1' },
    ])
  })

  it('requested 20 times at once happens once', async () => {
    const { id, sessionId, refreshToken } = await registerPerson(app)
    const results = await Promise.all(Array.from({ length: 20 }, () => logout(app, refreshToken)))
    expect(results.filter((result) => result?.sessionId === sessionId)).toHaveLength(1)
    expect(results.filter((result) => result?.sessionId === null)).toHaveLength(19)
    expect(await findAuditEvents(app, id)).toHaveLength(2)
  })
})

describe('a sign-out without a live session is not an error and writes nothing', () => {
  it('for an ended, expired or unknown session', async () => {
    const ended = await registerPerson(app)
    await logout(app, ended.refreshToken)
    const expired = await registerPerson(app)
    app.clock.advance('11m')
    const attempts = [
      () => logout(app, ended.refreshToken),
      () => logout(app, null, { token: ended.accessToken }),
      () => logout(app, null, { token: expired.accessToken }),
      () => logout(app, null, { token: 'garbage' }),
      () => logout(app, 'garbage'),
      () => logout(app, ''),
      () => logout(app, null),
    ]
    for (const attempt of attempts) {
      const { result, touched } = await trackChanges(app, attempt)
      expect(result).toEqual({ sessionId: null })
      expect(touched).toEqual([])
    }
  })
})
