import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { startApp, type TestApp } from '../../support/app/app.js'
import {
  getAuthError,
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

async function rotate(token: string, server: TestApp = app) {
  const payload = getAuthPayload(await refresh(server, token))
  return { ...payload, refreshToken: payload.refreshToken ?? '' }
}

async function expectTheft(token: string, server: TestApp = app) {
  expect(getAuthError(await refresh(server, token)).code).toBe('REFRESH_TOKEN_REUSED')
}

describe('within the grace interval', () => {
  it('a replaced token gets the same successor again and writes nothing', async () => {
    const { id, refreshToken } = await registerPerson(app)
    const first = await rotate(refreshToken)
    app.clock.advance('29s')
    const { result, touched } = await trackChanges(app, () => rotate(refreshToken))
    expect(result.refreshToken).toBe(first.refreshToken)
    expect(result.session).toEqual(first.session)
    expect(result.refreshTokenExpiresAt).toBe(first.refreshTokenExpiresAt)
    expect(touched).toEqual([])
    expect((await me(app, result.accessToken)).data?.me?.id).toBe(id)
  })

  it('two rotations do not end the session for a third tab', async () => {
    const { refreshToken } = await registerPerson(app)
    const second = await rotate(refreshToken)
    app.clock.advance('10s')
    const third = await rotate(second.refreshToken)
    app.clock.advance('10s')
    expect((await rotate(refreshToken)).refreshToken).toBe(third.refreshToken)
    expect((await rotate(second.refreshToken)).refreshToken).toBe(third.refreshToken)
  })
})

describe('after the grace interval', () => {
  it('a replaced token ends only its own session', async () => {
    const person = await registerPerson(app)
    const other = await signIn(app, person)
    const next = await rotate(person.refreshToken)
    app.clock.advance('31s')
    const { touched } = await trackChanges(app, () => expectTheft(person.refreshToken))
    expect(touched).toEqual(['audit_events', 'sessions'])

    expect(await getRefusalReason(app, next.accessToken)).toBe('SESSION_ENDED')
    expect(await getRefusalReason(app, person.accessToken)).toBe('SESSION_ENDED')
    expect(await app.db.session.findUnique({ where: { id: person.sessionId } })).toMatchObject({
      endReason: 'REFRESH_TOKEN_REUSED',
    })
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      type: 'REFRESH_TOKEN_REUSED',
      actorId: null,
      sessionId: person.sessionId,
      success: false,
    })

    for (const token of [next.refreshToken, person.refreshToken]) {
      const again = await trackChanges(app, () => refresh(app, token))
      expect(getAuthError(again.result).code).toBe('SESSION_ENDED')
      expect(again.touched).toEqual([])
    }
    expect((await me(app, other.accessToken)).data?.me?.id).toBe(person.id)
    await rotate(other.refreshToken)
  })

  it('a replaced token ends the session despite a recent rotation: each token has its own grace interval', async () => {
    const first = await registerPerson(app)
    const second = await rotate(first.refreshToken)
    app.clock.advance('20s')
    const third = await rotate(second.refreshToken)
    app.clock.advance('6s')
    const fourth = await rotate(third.refreshToken)
    app.clock.advance('5s')
    for (const { refreshToken } of [second, third]) {
      expect((await rotate(refreshToken)).refreshToken).toBe(fourth.refreshToken)
    }
    await expectTheft(first.refreshToken)
    expect(getAuthError(await refresh(app, fourth.refreshToken)).code).toBe('SESSION_ENDED')
  })

  it('rotating every 20 s does not extend the grace interval', async () => {
    const stolen = (await registerPerson(app)).refreshToken
    let token = stolen
    const seen = [token]
    for (let i = 0; i < 15; i += 1) {
      ;({ refreshToken: token } = await rotate(token))
      seen.push(token)
      app.clock.advance('20s')
    }
    // Replaced 20 s ago: a racing tab. Replaced 40 s ago: theft.
    expect((await rotate(seen.at(-2) ?? '')).refreshToken).toBe(token)
    await expectTheft(seen.at(-3) ?? '')
    expect(getAuthError(await refresh(app, token)).code).toBe('SESSION_ENDED')
  })

  it('a burst of rotations neither hides a theft nor increases the size of the row', async () => {
    const { refreshToken, sessionId } = await registerPerson(app)
    let token = refreshToken
    for (let i = 0; i < 70; i += 1) ({ refreshToken: token } = await rotate(token))
    const row = await app.db.refreshToken.findUniqueOrThrow({ where: { sessionId } })
    expect(row.generation).toBe(71)
    expect(row.rotations.length).toBeLessThan(70)
    app.clock.advance('31s')
    await expectTheft(refreshToken)
  })

  it('20 replays at once end the session once', async () => {
    const { id, refreshToken } = await registerPerson(app)
    await rotate(refreshToken)
    app.clock.advance('31s')
    const replays = await Promise.all(Array.from({ length: 20 }, () => refresh(app, refreshToken)))
    const codes = new Set(replays.map((replay) => getAuthError(replay).code))
    expect([...codes].filter((code) => code !== 'SESSION_ENDED')).toEqual(['REFRESH_TOKEN_REUSED'])
    const events = (await findAuditEvents(app, id)).filter(
      ({ type }) => type === 'REFRESH_TOKEN_REUSED',
    )
    expect(events).toHaveLength(1)
  })
})

describe('REFRESH_GRACE=0', () => {
  it('treats every second use as theft', async () => {
    const strict = await startApp({ env: { REFRESH_GRACE: '0' } })
    onTestFinished(strict.close)
    const person = await registerPerson(strict)
    const next = await rotate(person.refreshToken, strict)
    const last = await rotate(next.refreshToken, strict)
    await expectTheft(next.refreshToken, strict)
    expect(getAuthError(await refresh(strict, last.refreshToken)).code).toBe('SESSION_ENDED')
  })
})
