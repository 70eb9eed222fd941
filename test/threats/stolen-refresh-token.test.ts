// A thief copies a refresh token, and thief and victim both use it. The server cannot distinguish them, so the first
// reuse ends the session for both (RFC 9700 §4.14.2). The grace interval for racing tabs must not protect a thief. It
// starts when each token is replaced, and a thief who keeps rotating is detected when the victim returns.
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import {
  getAuthError,
  refresh,
  getRefusalReason,
  registerPerson,
  signIn,
  getAuthPayload,
  type Person,
} from '../support/app/client.js'

const app = await startApp({ env: { REFRESH_GRACE: '30s' } })
afterAll(app.close)

let victim: Person
let otherDevice: Person
beforeEach(async () => {
  victim = await registerPerson(app)
  otherDevice = await signIn(app, victim)
})

/** Exchanges this token for another pair. */
async function rotate(token: string) {
  const { accessToken, refreshToken } = getAuthPayload(await refresh(app, token))
  return { accessToken, refreshToken: refreshToken ?? '' }
}

const codeOf = async (token: string) => getAuthError(await refresh(app, token)).code

async function expectSessionEnded({ id, sessionId }: Person, tokens: string[]) {
  for (const token of tokens) expect(await codeOf(token)).toBe('SESSION_ENDED')

  const session = await app.db.session.findUniqueOrThrow({ where: { id: sessionId } })
  expect(session.endReason).toBe('REFRESH_TOKEN_REUSED')
  expect(session.endedAt).not.toBeNull()

  const events = await app.db.auditEvent.findMany({ where: { sessionId } })
  const found = events.filter(({ type }) => type === 'REFRESH_TOKEN_REUSED')
  expect(found).toMatchObject([{ targetId: id, actorId: null, success: false }])
  expect(found[0]?.ipAddress).toBe('127.0.0.1')

  const { session: other, accessToken } = getAuthPayload(
    await refresh(app, otherDevice.refreshToken),
  )
  expect(other.id).toBe(otherDevice.sessionId)
  expect(await getRefusalReason(app, accessToken)).toBeUndefined()
}

describe('a copied refresh token', () => {
  it('ends the session when the thief was first and the victim returns', async () => {
    const stolen = victim.refreshToken
    const thief = await rotate(stolen)
    app.clock.advance('31s')
    expect(await codeOf(stolen)).toBe('REFRESH_TOKEN_REUSED')

    expect(await getRefusalReason(app, thief.accessToken)).toBe('SESSION_ENDED')
    expect(await getRefusalReason(app, victim.accessToken)).toBe('SESSION_ENDED')
    await expectSessionEnded(victim, [stolen, thief.refreshToken])
  })

  it('ends the session when the victim was first and the thief arrives late', async () => {
    const stolen = victim.refreshToken
    const first = await rotate(stolen)
    app.clock.advance('1h')
    const second = await rotate(first.refreshToken)
    expect(await codeOf(stolen)).toBe('REFRESH_TOKEN_REUSED')

    expect(await getRefusalReason(app, second.accessToken)).toBe('SESSION_ENDED')
    await expectSessionEnded(victim, [stolen, first.refreshToken, second.refreshToken])
  })

  it('gives a thief within the grace interval no separate chain of tokens', async () => {
    const stolen = victim.refreshToken
    const ownerTokens = await rotate(stolen)
    app.clock.advance('29s')
    const thief = await rotate(stolen)
    expect(thief.refreshToken).toBe(ownerTokens.refreshToken)

    // Both continue from the one successor. The later one after the grace interval reveals the theft.
    const next = await rotate(thief.refreshToken)
    app.clock.advance('31s')
    expect(await codeOf(ownerTokens.refreshToken)).toBe('REFRESH_TOKEN_REUSED')
    await expectSessionEnded(victim, [stolen, ownerTokens.refreshToken, next.refreshToken])
  })

  it.each(['5s', '20s', '29s'] as const)(
    'is detected however quickly the thief rotates: every %s for ten minutes',
    async (pause) => {
      const stolen = victim.refreshToken
      const until = app.clock.now().getTime() + 600_000
      let thief = await rotate(stolen)
      while (app.clock.now().getTime() < until) {
        app.clock.advance(pause)
        thief = await rotate(thief.refreshToken)
      }
      expect(await codeOf(stolen)).toBe('REFRESH_TOKEN_REUSED')
      expect(await getRefusalReason(app, thief.accessToken)).toBe('SESSION_ENDED')
      await expectSessionEnded(victim, [stolen, thief.refreshToken])
    },
  )

  it('is detected by one of many concurrent requests, and recorded once', async () => {
    const stolen = victim.refreshToken
    const thief = await rotate(stolen)
    app.clock.advance('31s')
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(stolen)))
    expect(codes).toContain('REFRESH_TOKEN_REUSED')
    expect(new Set([...codes, 'SESSION_ENDED'])).toEqual(
      new Set(['REFRESH_TOKEN_REUSED', 'SESSION_ENDED']),
    )
    await expectSessionEnded(victim, [stolen, thief.refreshToken])
  })
})
