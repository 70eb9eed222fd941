// The service caches tokens that it verified or issued. The result for a cached token must equal a verification at that
// moment, so no token outlives its expiry or its key.
import { afterAll, describe, expect, it } from 'vitest'
import { createAccessTokens, type AccessTokens } from '../../../src/features/access-tokens/index.js'
import { startApp } from '../../support/app/app.js'
import { logout, me, getRefusalReason, registerPerson } from '../../support/app/client.js'
import { createPersistentDatabase } from '../../support/database/persistent-database.js'

const app = await startApp({ ownKeys: true })
afterAll(app.close)

const { keys, keyRotation } = app.app.services
/** The time of the tokens. Tests can set it back. */
let now = Date.now()
const clock = { now: () => new Date(now) }

const id = '01900000-0000-7000-8000-000000000000'
const subject = {
  userId: id,
  sessionId: id,
  authenticatedAt: clock.now(),
  amr: ['pwd'],
  mustEnroll: false,
}
const clockSkewMs = 5_000

/** Access tokens that use the keys of the app. `counted.lookUps` is the number of key lookups for signature checks. */
function createTokens(cacheSize: number, overrides: { tokenId?: string; audience?: string } = {}) {
  const { tokenId = id, audience = 'urn:api' } = overrides
  const counters = { lookUps: 0 }
  const find = (kid: string) => {
    counters.lookUps += 1
    return keys.find(kid)
  }
  const options = { issuer: 'urn:us', audience, lifetimeMs: 600_000, clockSkewMs, cacheSize }
  const tokens = createAccessTokens(options, {
    keys: { ...keys, find },
    clock,
    newTokenId: () => tokenId,
  })
  return { ...tokens, counted: counters }
}

const kindOf = async (tokens: AccessTokens, token: string) => (await tokens.verify(token)).kind

describe('a token that this process issued', () => {
  it('needs no signature check, not even at its first use', async () => {
    const tokens = createTokens(10)
    const { token } = await tokens.issue(subject)
    expect(await tokens.verify(token)).toMatchObject({ kind: 'valid', userId: id, sessionId: id })
    expect(tokens.counted.lookUps).toBe(0)
  })

  it('is verified each time without a cache', async () => {
    const tokens = createTokens(0)
    const { token } = await tokens.issue(subject)
    for (let i = 0; i < 2; i += 1) expect(await kindOf(tokens, token)).toBe('valid')
    expect(tokens.counted.lookUps).toBe(2)
  })

  it('is verified once if another process issued it', async () => {
    const tokens = createTokens(10)
    const { token } = await createTokens(0).issue(subject)
    for (let i = 0; i < 3; i += 1) expect(await kindOf(tokens, token)).toBe('valid')
    expect(tokens.counted.lookUps).toBe(1)
  })

  it.each([
    ['without an id', { tokenId: '' }],
    ['longer than the maximum length', { audience: `urn:${'a'.repeat(4_096)}` }],
  ])('is not cached if a verification refuses it: %s', async (_, overrides) => {
    const tokens = createTokens(10, overrides)
    const { token } = await tokens.issue(subject)
    expect(await kindOf(tokens, token)).toBe('invalid')
  })

  it('does not validate a token that differs in one character', async () => {
    const tokens = createTokens(10)
    const { token } = await tokens.issue(subject)
    for (const i of [0, Math.floor(token.length / 2), token.length - 1]) {
      const other = token[i] === 'A' ? 'B' : 'A'
      expect(await kindOf(tokens, token.slice(0, i) + other + token.slice(i + 1))).toBe('invalid')
    }
  })

  it('is refused after its session has ended, even at its first use', async () => {
    const person = await registerPerson(app)
    expect((await me(app, person.accessToken)).errors).toEqual([])
    const other = await registerPerson(app)
    await logout(app, other.refreshToken)
    expect(await getRefusalReason(app, other.accessToken)).toBe('SESSION_ENDED')
  })
})

it('a cached token always gets the result of a verification', async () => {
  const cachingTokens = createTokens(10)
  const uncachedTokens = createTokens(0)
  const { token: issued } = await cachingTokens.issue(subject)
  const { token: foreign } = await uncachedTokens.issue(subject)
  expect(await kindOf(cachingTokens, foreign)).toBe('valid') // cached from now on
  const { lookUps } = cachingTokens.counted
  const seenKinds = new Set<string>()
  async function compare() {
    for (const token of [issued, foreign]) {
      const kind = await kindOf(uncachedTokens, token)
      expect([clock.now(), await kindOf(cachingTokens, token)]).toEqual([clock.now(), kind])
      seenKinds.add(kind)
    }
  }
  // Also backwards, like a corrected clock: to before the token was issued, by the skew and by more.
  for (const seconds of [0, -3, -3, -5, 11, 599, 4, 1, 1, 1, 60, -600, 0]) {
    now += seconds * 1_000
    await compare()
  }
  expect(cachingTokens.counted.lookUps).toBe(lookUps)
  expect([...seenKinds].sort()).toEqual(['expired', 'invalid', 'valid'])

  const retiringKeyId =
    (await keyRotation.list()).find(({ status }) => status === 'CURRENT')?.id ?? ''
  await keyRotation.rotate({ force: true })
  await keys.load()
  await compare()
  expect(await kindOf(cachingTokens, issued)).toBe('valid')
  await keyRotation.retire(retiringKeyId)
  await keys.load()
  await compare()
  expect(await kindOf(cachingTokens, issued)).toBe('invalid')
  now += 3_600_000
  await compare()
})

it('a signing key with halves that do not match stops the start', async () => {
  const target = await createPersistentDatabase()
  const before = await startApp({ target, ownKeys: true })
  const rows = await before.db.signingKey.findMany()
  const [current, next] = ['CURRENT', 'NEXT'].map((one) =>
    rows.find(({ status }) => status === one),
  )
  if (!current || !next) throw new Error('two keys are needed')
  const { privateJwe } = next
  await before.db.signingKey.update({ where: { id: current.id }, data: { privateJwe } })
  await before.close()
  const failure = await startApp({ target }).catch((error: unknown) => error as Error)
  expect(failure).toMatchObject({ name: 'StartupError' })
  expect((failure as Error).message).toContain(current.id)
})
