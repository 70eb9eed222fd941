// `RefreshInput.attempt`: a client whose response was lost gets the same successor, no matter how late it retries.
import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { RefreshDocument, type RefreshInput } from '@latchkey/client/operations'
import { createRefreshTokenCodec } from '../../../src/features/sessions/refresh-token.js'
import { createKeyring } from '../../../src/platform/crypto/keyring.js'
import { startApp, testSecret, type TestApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  logout,
  registerPerson,
  getAuthPayload,
} from '../../support/app/client.js'
import { readAllRows } from '../../support/database/all-rows.js'
import { optimizationsOff } from '../../support/app/optimizations-off.js'
import { sendConcurrently } from '../../support/app/concurrent-operations.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const newAttempt = () => randomBytes(32).toString('base64url')

async function refresh(input: RefreshInput, server: TestApp = app) {
  return (await call(server, RefreshDocument, { input })).data?.refresh
}

async function rotate(input: RefreshInput, server: TestApp = app) {
  const payload = getAuthPayload(await refresh(input, server))
  return { ...payload, refreshToken: payload.refreshToken ?? '' }
}

async function codeOf(input: RefreshInput, server: TestApp = app) {
  return getAuthError(await refresh(input, server)).code
}

const endReasonOf = async (id: string) =>
  (await app.db.session.findUniqueOrThrow({ where: { id } })).endReason

describe('a refresh whose response was lost', () => {
  it('gets the same successor hours later with the same attempt and writes nothing', async () => {
    const { refreshToken } = await registerPerson(app)
    const attempt = newAttempt()
    const lost = await rotate({ refreshToken, attempt })
    for (const pause of ['31s', '6h'] as const) {
      app.clock.advance(pause)
      const { result, touched } = await trackChanges(app, () => rotate({ refreshToken, attempt }))
      expect(result.refreshToken).toBe(lost.refreshToken)
      expect(result.refreshTokenExpiresAt).toBe(lost.refreshTokenExpiresAt)
      expect(touched).toEqual([])
    }
    await rotate({ refreshToken: lost.refreshToken, attempt: newAttempt() })
  })

  it.each([
    ['no attempt', null],
    ['another attempt', newAttempt()],
  ])('ends the session after the grace interval with %s', async (_, other) => {
    const { refreshToken, sessionId } = await registerPerson(app)
    await rotate({ refreshToken, attempt: newAttempt() })
    app.clock.advance('31s')
    expect(await codeOf({ refreshToken, attempt: other })).toBe('REFRESH_TOKEN_REUSED')
    expect(await endReasonOf(sessionId)).toBe('REFRESH_TOKEN_REUSED')
  })

  it('ends the session after the next rotation', async () => {
    const { refreshToken } = await registerPerson(app)
    const attempt = newAttempt()
    const second = await rotate({ refreshToken, attempt })
    app.clock.advance('31s')
    await rotate({ refreshToken: second.refreshToken, attempt })
    app.clock.advance('31s')
    expect(await codeOf({ refreshToken, attempt })).toBe('REFRESH_TOKEN_REUSED')
  })

  it('gets no successor of an ended session', async () => {
    const attempt = newAttempt()
    const ended = await registerPerson(app)
    const next = await rotate({ refreshToken: ended.refreshToken, attempt })
    await logout(app, next.refreshToken)
    expect(await codeOf({ refreshToken: ended.refreshToken, attempt })).toBe('SESSION_ENDED')
    const unused = await registerPerson(app)
    await rotate({ refreshToken: unused.refreshToken, attempt })
    app.clock.advance('14d')
    const { result, touched } = await trackChanges(app, () =>
      codeOf({ refreshToken: unused.refreshToken, attempt }),
    )
    expect(result).toBe('REFRESH_TOKEN_EXPIRED')
    expect(touched).toEqual([])
  })

  it('gets its successor even if REFRESH_GRACE is 0, and no other client does', async () => {
    const strict = await startApp({ env: { REFRESH_GRACE: '0' } })
    onTestFinished(strict.close)
    const { refreshToken } = await registerPerson(strict)
    const attempt = newAttempt()
    const lost = await rotate({ refreshToken, attempt }, strict)
    const again = await rotate({ refreshToken, attempt }, strict)
    expect(again.refreshToken).toBe(lost.refreshToken)
    const other = { refreshToken, attempt: newAttempt() }
    expect(await codeOf(other, strict)).toBe('REFRESH_TOKEN_REUSED')
  })
})

describe('tabs that race with different attempts', () => {
  it('each get the successor later, for up to four attempts', async () => {
    const { refreshToken, sessionId } = await registerPerson(app)
    const attempts = Array.from({ length: 5 }, newAttempt)
    const [first, ...others] = attempts
    const lost = await rotate({ refreshToken, attempt: first ?? null })
    app.clock.advance('10s')
    for (const attempt of [...others, ...others]) await rotate({ refreshToken, attempt })
    app.clock.advance('1h')
    for (const attempt of attempts.slice(0, 4)) {
      expect((await rotate({ refreshToken, attempt })).refreshToken).toBe(lost.refreshToken)
    }
    const { attempts: kept } = await app.db.refreshToken.findUniqueOrThrow({ where: { sessionId } })
    expect(kept).toHaveLength(4) // the row stays small
    const fifth = { refreshToken, attempt: attempts[4] ?? '' }
    expect(await codeOf(fifth)).toBe('REFRESH_TOKEN_REUSED')
  })

  it('each get the successor even in concurrent requests', async () => {
    const { refreshToken } = await registerPerson(app)
    const inputs = Array.from({ length: 4 }, () => ({ refreshToken, attempt: newAttempt() }))
    const variables = inputs.map((input) => ({ input }))
    const answers = await sendConcurrently(app, RefreshDocument, variables)
    const successors = answers.map((answer) => getAuthPayload(answer?.refresh).refreshToken)
    app.clock.advance('1h')
    for (const input of inputs) successors.push((await rotate(input)).refreshToken)
    expect(new Set(successors).size).toBe(1)
  })

  // Called without HTTP, so that all of them are in one statement.
  it('do not share their rotation with an older token or a token with another seed', async () => {
    const old = await registerPerson(app)
    const { refreshToken } = await rotate({ refreshToken: old.refreshToken })
    app.clock.advance('31s')
    const keyring = createKeyring([Buffer.from(testSecret, 'base64')], 'refresh tokens')
    const parts = { sessionId: old.sessionId, generation: 2, seed: randomBytes(16) }
    const forged = createRefreshTokenCodec(keyring, randomBytes).encode(parts)
    const request = {
      id: 'racer',
      ip: '127.0.0.1',
      network: '127.0.0.1',
      site: null,
      userAgent: null,
    }
    const outcomes = await Promise.all(
      [forged, refreshToken, old.refreshToken, refreshToken, forged].map((token) =>
        app.app.services.auth.refresh(token, null, request),
      ),
    )
    // One statement serves all of them. Without batches, the reused token may end the session first.
    const current: unknown = optimizationsOff
      ? expect.stringMatching(/^(signed-in|session-ended)$/)
      : 'signed-in'
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'invalid-refresh-token',
      current,
      'refresh-token-reused',
      current,
      'invalid-refresh-token',
    ])
    expect(await endReasonOf(old.sessionId)).toBe('REFRESH_TOKEN_REUSED')
  })
})

describe('an attempt', () => {
  it.each([
    ['empty', ''],
    ['of 21 characters', 'A'.repeat(21)],
    ['of 129 characters', 'A'.repeat(129)],
    ['of 90 kB', 'A'.repeat(90_000)],
    ['padded', `${'A'.repeat(43)}=`],
    ['base64', `${'A'.repeat(42)}+/`],
    ['with a space', ` ${'A'.repeat(43)}`],
    ['with a line break', `${'A'.repeat(43)}\n`],
    ['with other letters', 'é'.repeat(43)],
  ])('that is %s is BAD_USER_INPUT for a live and for a replaced token', async (_, attempt) => {
    const replaced = await registerPerson(app)
    const live = await rotate({ refreshToken: replaced.refreshToken })
    app.clock.advance('31s')
    for (const { refreshToken } of [live, replaced]) {
      const { result, touched } = await trackChanges(app, () =>
        call(app, RefreshDocument, { input: { refreshToken, attempt } }),
      )
      expect(result.errors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT'])
      expect(result.data?.refresh).toBeNull()
      if (attempt) expect(result.text).not.toContain(attempt)
      expect(touched).toEqual([])
    }
    await rotate({ refreshToken: live.refreshToken })
  })

  it.each([22, 43, 128])('may have %d characters', async (length) => {
    const { refreshToken } = await registerPerson(app)
    const attempt = randomBytes(128).toString('base64url').slice(0, length)
    await rotate({ refreshToken, attempt })
    app.clock.advance('31s')
    await rotate({ refreshToken, attempt })
  })

  it('is stored for at most four concurrent requests, even if one statement rotates for all', async () => {
    const { refreshToken, sessionId } = await registerPerson(app)
    const place = { ip: '127.0.0.1', network: '127.0.0.1', site: null }
    const request = { id: 'racer', ...place, userAgent: null }
    const refreshOnce = () => app.app.services.auth.refresh(refreshToken, newAttempt(), request)
    const outcomes = await Promise.all(Array.from({ length: 12 }, refreshOnce))
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['signed-in']))
    const { attempts } = await app.db.refreshToken.findUniqueOrThrow({ where: { sessionId } })
    expect(attempts).toHaveLength(4)
  })

  it('is stored only as a hash and is never logged, and no column that a refresh writes has an index', async () => {
    const { refreshToken, sessionId } = await registerPerson(app)
    const [first, second] = [newAttempt(), newAttempt()]
    await rotate({ refreshToken, attempt: first })
    await rotate({ refreshToken, attempt: second })
    const written = [...(await readAllRows(app)), ...app.logLines].join('\n')
    expect(written).toContain(sessionId)
    for (const attempt of [first, second]) {
      const texts = [attempt, Buffer.from(attempt), Buffer.from(attempt, 'base64url')]
      for (const text of texts) expect(written).not.toContain(text.toString('hex'))
    }
    const indexedColumns = await app.db.$queryRaw<{ column: string }[]>`
      SELECT attname AS column FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
      WHERE indrelid = 'refresh_tokens'::regclass`
    expect(indexedColumns).toEqual([{ column: 'session_id' }])
  })
})
