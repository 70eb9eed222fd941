import { afterAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../support/app/app.js'
import { usesPostgres } from '../../support/database/database.js'
import { decodeJwt, encodePart } from '../../support/app/jwt.js'
import { createPersistentDatabase } from '../../support/database/persistent-database.js'
import { unknownKid } from '../../support/app/signing-keys.js'
import { me, getRefusalReason, registerPerson, signIn } from '../../support/app/client.js'

const app = await startApp()
afterAll(app.close)

async function rotate({ app: { services } }: TestApp, force = true) {
  const outcome = await services.keyRotation.rotate({ force })
  await services.keys.load()
  return outcome
}

const runRotationJob = async ({ app: { services } }: TestApp) => {
  await services.keyRotation.runSchedule()
  await services.keys.load()
}

const publishedKeyIds = async ({ url }: TestApp) => {
  const response = await fetch(`${url}/.well-known/jwks.json`)
  const { keys } = (await response.json()) as { keys: { kid: string; alg: string }[] }
  return keys.map(({ kid }) => kid)
}

const keyStatuses = async ({ db }: TestApp) => {
  const rows = await db.signingKey.findMany({ orderBy: { createdAt: 'asc' } })
  return new Map(rows.map(({ id, status }) => [id, status]))
}

/** The token with unknown key ids. */
const withUnknownKids = (token: string, count: number) => {
  const [, ...rest] = token.split('.')
  return Array.from({ length: count }, (_, i) =>
    [encodePart({ ...decodeJwt(token).header, kid: unknownKid(i) }), ...rest].join('.'),
  )
}

const kidOf = (token: string) => String(decodeJwt(token).header['kid'])

describe('a rotation', () => {
  it('signs with the published next key; tokens of the old key stay valid', async () => {
    const before = await publishedKeyIds(app)
    const person = await registerPerson(app)
    await rotate(app)
    const fresh = await signIn(app, person)
    expect(kidOf(fresh.accessToken)).not.toBe(kidOf(person.accessToken))
    expect(before).toContain(kidOf(fresh.accessToken))
    for (const { accessToken } of [person, fresh]) {
      expect((await me(app, accessToken)).data?.me?.id).toBe(person.id)
    }
    expect(await publishedKeyIds(app)).toHaveLength(before.length + 1) // old, current, next
    const event = { type: 'SIGNING_KEY_ROTATED' as const }
    expect(await app.db.auditEvent.count({ where: event })).toBe(1)
  })

  it('is refused until the next key was published for 10 minutes, unless forced', async () => {
    const keys = await keyStatuses(app)
    expect(await rotate(app, false)).toMatchObject({ kind: 'too-soon' })
    expect(await keyStatuses(app)).toEqual(keys)
    app.clock.advance('10m')
    expect(await rotate(app, false)).toMatchObject({ kind: 'rotated' })
  })

  it('retires the old key: refused, not published, private part deleted', async () => {
    const person = await registerPerson(app)
    await rotate(app)
    const old = kidOf(person.accessToken)
    app.clock.advance('64m')
    await runRotationJob(app)
    expect((await keyStatuses(app)).get(old)).toBe('RETIRING')
    app.clock.advance('2m')
    await runRotationJob(app)
    expect((await keyStatuses(app)).get(old)).toBe('RETIRED')
    expect(await publishedKeyIds(app)).not.toContain(old)
    const row = await app.db.signingKey.findUniqueOrThrow({ where: { id: old } })
    expect(row.privateJwe).toBeNull()
  })

  it('happens automatically when the current key is KEY_ROTATION_INTERVAL old', async () => {
    const [current] = [...(await keyStatuses(app))].find(([, status]) => status === 'CURRENT') ?? []
    await runRotationJob(app)
    expect((await keyStatuses(app)).get(current ?? '')).toBe('CURRENT')
    app.clock.advance('90d')
    await runRotationJob(app)
    expect((await keyStatuses(app)).get(current ?? '')).not.toBe('CURRENT')
  })
})

it('a leaked key is retired at once: its tokens are refused, cached or not', async () => {
  const [seen, unseen] = [await registerPerson(app), await registerPerson(app)]
  expect(await getRefusalReason(app, seen.accessToken)).toBeUndefined()
  const id = kidOf(seen.accessToken)
  const { keyRotation, keys } = app.app.services
  expect(await keyRotation.retire(id)).toEqual({ kind: 'in-use' })
  await rotate(app)
  expect(await keyRotation.retire(id)).toEqual({ kind: 'retired' })
  await keys.load()
  for (const { accessToken } of [seen, unseen]) {
    expect(await getRefusalReason(app, accessToken)).toBe('TOKEN_INVALID')
  }
  expect(await keyRotation.retire(id)).toEqual({ kind: 'not-found' })
})

it.each([
  ['ES256', 'RS256'],
  ['EdDSA', 'ES256'],
])('a change of JWT_ALGORITHM to %s from %s refuses no token', async (alg, earlier) => {
  const target = await createPersistentDatabase()
  const before = await startApp({ target, env: { JWT_ALGORITHM: earlier } })
  const person = await registerPerson(before)
  await before.close()
  const algOf = (token: string) => decodeJwt(token).header['alg']
  expect(algOf(person.accessToken)).toBe(earlier)

  const after = await startApp({ target, clock: before.clock, env: { JWT_ALGORITHM: alg } })
  try {
    expect(await getRefusalReason(after, person.accessToken)).toBeUndefined()
    const same = await signIn(after, person)
    expect(algOf(same.accessToken)).toBe(earlier) // gateways have not fetched the new key yet
    expect(await rotate(after, false)).toMatchObject({ kind: 'too-soon' })
    after.clock.advance('10m')
    const last = await signIn(after, person)
    expect(await rotate(after, false)).toMatchObject({ kind: 'rotated' })
    const fresh = await signIn(after, person)
    expect(algOf(fresh.accessToken)).toBe(alg)
    for (const { accessToken } of [last, fresh]) {
      expect(await getRefusalReason(after, accessToken)).toBeUndefined()
    }
    const response = await fetch(`${after.url}/.well-known/jwks.json`)
    const { keys } = (await response.json()) as { keys: { kid: string; alg: string }[] }
    for (const { accessToken } of [last, fresh]) {
      const kid = kidOf(accessToken)
      expect(keys.find((key) => key.kid === kid)?.alg).toBe(algOf(accessToken))
    }
  } finally {
    await after.close()
  }
})

describe.runIf(usesPostgres)('two replicas (skipped without PostgreSQL)', () => {
  it('that rotate concurrently agree and accept each other’s tokens', async () => {
    const replica = await startApp({ target: app.target, clock: app.clock })
    try {
      app.clock.advance('11m')
      const outcomes = await Promise.all([rotate(app, false), rotate(replica, false)])
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['rotated', 'too-soon'])
      const [here, there] = [await registerPerson(app), await registerPerson(replica)]
      expect(await getRefusalReason(replica, here.accessToken)).toBeUndefined()
      expect(await getRefusalReason(app, there.accessToken)).toBeUndefined()
    } finally {
      await replica.close()
    }
  })

  it('refuse no token of a new key, even with many concurrent requests', async () => {
    const replica = await startApp({ target: app.target, clock: app.clock })
    try {
      const person = await registerPerson(app)
      const unknownKidTokens = withUnknownKids(person.accessToken, 20)
      for (let round = 0; round < 3; round += 1) {
        await rotate(app)
        await rotate(app) // signs with a key that no replica has read as the next one
        const { accessToken } = await signIn(app, person)
        const forged = unknownKidTokens.map((token) => getRefusalReason(replica, token))
        const genuine = Array.from({ length: 20 }, () => getRefusalReason(replica, accessToken))
        expect(new Set(await Promise.all(genuine))).toEqual(new Set([undefined]))
        expect(new Set(await Promise.all(forged))).toEqual(new Set(['TOKEN_INVALID']))
      }
    } finally {
      await replica.close()
    }
  })

  it('change the algorithm without refusing a token', async () => {
    const person = await registerPerson(app)
    const env = { JWT_ALGORITHM: 'ES256' }
    const replica = await startApp({ target: app.target, clock: app.clock, env })
    try {
      expect(await getRefusalReason(replica, person.accessToken)).toBeUndefined()
      await rotate(replica)
      const fresh = await signIn(replica, person)
      expect(decodeJwt(fresh.accessToken).header['alg']).toBe('ES256')
      expect(await getRefusalReason(app, fresh.accessToken)).toBeUndefined()
      expect(await getRefusalReason(replica, person.accessToken)).toBeUndefined()
    } finally {
      await replica.close()
    }
  })
})
