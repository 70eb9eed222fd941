import { afterAll, describe, expect, it, test } from 'vitest'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  logout,
  me,
  refresh,
  registerPerson,
  signIn,
  getAuthPayload,
} from '../../support/app/client.js'
import { readAllRows } from '../../support/database/all-rows.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const dayMs = 86_400_000

async function rotate(token: string) {
  const payload = getAuthPayload(await refresh(app, token))
  return { ...payload, refreshToken: payload.refreshToken ?? '' }
}

async function refused(token: string) {
  const { result, touched } = await trackChanges(app, () => refresh(app, token))
  return { code: getAuthError(result).code, touched }
}

describe('a refresh', () => {
  it('returns new tokens of the same session and extends its idle limit', async () => {
    const person = await registerPerson(app)
    app.clock.advance('1h')
    const { result, touched } = await trackChanges(app, () => rotate(person.refreshToken))
    expect(touched).toEqual(['refresh_tokens'])
    expect(result.session.id).toBe(person.sessionId)
    expect(result.refreshToken).not.toBe(person.refreshToken)
    expect(result.accessToken).not.toBe(person.accessToken)
    expect((await me(app, result.accessToken)).data?.me?.id).toBe(person.id)
    const lifetimeMs = Date.parse(result.refreshTokenExpiresAt) - app.clock.now().getTime()
    expect(lifetimeMs / dayMs).toBeCloseTo(14, 2)
  })

  it('works repeatedly with the newest token and keeps one row', async () => {
    const person = await registerPerson(app)
    let token = person.refreshToken
    const tokens = new Set([token])
    for (let i = 0; i < 20; i += 1) {
      app.clock.advance('1m')
      ;({ refreshToken: token } = await rotate(token))
      tokens.add(token)
    }
    expect(tokens.size).toBe(21)
    const rows = await app.db.refreshToken.findMany({ where: { sessionId: person.sessionId } })
    expect(rows).toMatchObject([{ generation: 21 }])
    expect(rows[0]?.rotations).toHaveLength(1) // tokens that the grace interval no longer needs are deleted
  })

  it('accepts a token newer than the row, as after a restored backup', async () => {
    const person = await registerPerson(app)
    const second = await rotate(person.refreshToken)
    const third = await rotate(second.refreshToken)
    const { sessionId } = person
    await app.db.refreshToken.update({
      where: { sessionId },
      data: { generation: 1, rotations: [] },
    })
    const next = await rotate(third.refreshToken)
    expect(await app.db.refreshToken.findUnique({ where: { sessionId } })).toMatchObject({
      generation: 4,
    })
    await rotate(next.refreshToken)
  })
})

describe('the lifetime of a session', () => {
  it('ends without use: REFRESH_TOKEN_EXPIRED, and nothing is written', async () => {
    const { refreshToken } = await registerPerson(app)
    app.clock.advance('13d')
    const { refreshToken: next } = await rotate(refreshToken)
    app.clock.advance('14d')
    expect(await refused(next)).toEqual({ code: 'REFRESH_TOKEN_EXPIRED', touched: [] })
    expect(await refused(refreshToken)).toEqual({ code: 'REFRESH_TOKEN_EXPIRED', touched: [] })
  })

  it('ends after 90 days of daily use, and refreshTokenExpiresAt is never later', async () => {
    const { refreshToken, sessionId } = await registerPerson(app)
    const { expiresAt } = await app.db.session.findUniqueOrThrow({ where: { id: sessionId } })
    let token = refreshToken
    let promisedExpiry = ''
    for (let i = 1; i < 90; i += 1) {
      app.clock.advance('1d')
      const payload = await rotate(token)
      token = payload.refreshToken
      promisedExpiry = payload.refreshTokenExpiresAt
      expect(Date.parse(promisedExpiry)).toBeLessThanOrEqual(expiresAt.getTime())
    }
    expect(promisedExpiry).toBe(expiresAt.toISOString())
    app.clock.advance('1d')
    expect(await refused(token)).toEqual({ code: 'REFRESH_TOKEN_EXPIRED', touched: [] })
  })

  test.each([
    ['a sign-out', async ({ refreshToken }: { refreshToken: string }) => logout(app, refreshToken)],
    [
      'the account is disabled',
      async ({ id }: { id: string }) =>
        app.db.user.update({ where: { id }, data: { disabledAt: app.clock.now() } }),
    ],
  ])('ends after %s: SESSION_ENDED, and nothing is written', async (_, end) => {
    const person = await registerPerson(app)
    const { refreshToken } = await rotate(person.refreshToken)
    await end(person)
    for (const token of [refreshToken, person.refreshToken]) {
      expect(await refused(token)).toEqual({ code: 'SESSION_ENDED', touched: [] })
    }
  })

  it('ends with the deletion of the account: INVALID_REFRESH_TOKEN', async () => {
    const { id, refreshToken } = await registerPerson(app)
    await app.db.user.delete({ where: { id } })
    expect(await refused(refreshToken)).toEqual({ code: 'INVALID_REFRESH_TOKEN', touched: [] })
  })
})

it('leaves no usable token in the database, the audit log or the log', async () => {
  const person = await registerPerson(app)
  const second = await signIn(app, person)
  const third = await rotate(second.refreshToken)
  await call(app, 'mutation { refresh(input: { refreshToken: "x" }) { __typename } }', {})
  const rows = (await readAllRows(app)).join('\n')
  const events = JSON.stringify(await findAuditEvents(app, person.id))
  const written = [rows, events, ...app.logLines].join('\n')
  expect(written).toContain(person.sessionId)
  for (const token of [person, second, third].map(({ refreshToken }) => refreshToken)) {
    const bytes = Buffer.from(token, 'base64url')
    const secrets = [bytes.subarray(25, 41), bytes.subarray(41)] // the seed and the MAC
    for (const secret of secrets) {
      for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
        expect(written).not.toContain(secret.toString(encoding).replace(/=+$/, ''))
      }
    }
    expect(written).not.toContain(token)
  }
  for (const { accessToken } of [person, second, third]) {
    expect(written).not.toContain(accessToken.split('.')[2])
  }
})
