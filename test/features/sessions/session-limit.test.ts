import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import { startApp, type TestApp } from '../../support/app/app.js'
import {
  call,
  getRefusalReason,
  registerPerson,
  signIn,
  type Person,
} from '../../support/app/client.js'
import { recordQueries } from '../../support/database/record-queries.js'
import { findAuditEvents } from '../../support/database/track-changes.js'

const limit = 5
const env = { MAX_SESSIONS_PER_USER: String(limit), ARGON2_QUEUE: '1000' }
const evictingApp = await startApp({ env })
const refusingApp = await startApp({ env: { ...env, SESSION_LIMIT_POLICY: 'refuse' } })
afterAll(async () => {
  await evictingApp.close()
  await refusingApp.close()
})

const liveSessions = ({ db }: TestApp, { id }: Person) =>
  db.session.count({ where: { userId: id, endedAt: null } })

/** Fifty sign-ins at once; how many of them came to what. */
async function signInFiftyTimes(app: TestApp, { email, password }: Person) {
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => call(app, LoginDocument, { input: { email, password } })),
  )
  const outcomes = answers.map(({ data }) =>
    data?.login?.__typename === 'AuthError' ? data.login.code : data?.login?.__typename,
  )
  const count = (outcome: string) => outcomes.filter((one) => one === outcome).length
  return { signedIn: count('AuthPayload'), refused: count('SESSION_LIMIT_REACHED') }
}

describe('SESSION_LIMIT_POLICY=evict', () => {
  it('ends the least recently used session', async () => {
    const oldest = await registerPerson(evictingApp)
    const devices: Person[] = []
    for (let i = 0; i < limit; i += 1) {
      evictingApp.clock.advance('1s')
      devices.push(await signIn(evictingApp, oldest))
    }
    expect(await getRefusalReason(evictingApp, oldest.accessToken)).toBe('SESSION_ENDED')
    for (const { accessToken } of devices) {
      expect(await getRefusalReason(evictingApp, accessToken)).toBeUndefined()
    }
    const row = await evictingApp.db.session.findUniqueOrThrow({ where: { id: oldest.sessionId } })
    expect(row.endReason).toBe('EVICTED')
    expect(await findAuditEvents(evictingApp, oldest.id)).toContainEqual(
      expect.objectContaining({ type: 'SESSION_REVOKED', sessionId: oldest.sessionId }),
    )
  })

  it('leaves exactly as many as allowed of fifty sign-ins at once', async () => {
    const person = await registerPerson(evictingApp)
    expect(await signInFiftyTimes(evictingApp, person)).toEqual({ signedIn: 50, refused: 0 })
    expect(await liveSessions(evictingApp, person)).toBe(limit)
  })
})

describe('SESSION_LIMIT_POLICY=refuse', () => {
  it('lets exactly as many of fifty sign-ins through as there is room for', async () => {
    const person = await registerPerson(refusingApp) // the first session
    expect(await signInFiftyTimes(refusingApp, person)).toEqual({
      signedIn: limit - 1,
      refused: 51 - limit,
    })
    expect(await liveSessions(refusingApp, person)).toBe(limit)
    expect(await getRefusalReason(refusingApp, person.accessToken)).toBeUndefined()
  })
})

it('sessions that ended or expired take no room', async () => {
  const person = await registerPerson(refusingApp)
  for (let i = 1; i < limit; i += 1) await signIn(refusingApp, person)
  refusingApp.clock.advance('15d') // REFRESH_IDLE_TTL is 14 days
  for (let i = 0; i < limit; i += 1) await signIn(refusingApp, person)
})

it('MAX_SESSIONS_PER_USER=0 reads no list of sessions, however many there are', async () => {
  const countListReads = async (app: TestApp) => {
    const person = await registerPerson(app)
    const { seen, stop } = recordQueries()
    await signIn(app, person)
    stop()
    return seen.filter(({ text }) => text.includes('ORDER BY r.last_used_at'))
  }
  const unlimitedApp = await startApp({ env: { MAX_SESSIONS_PER_USER: '0' } })
  expect(await countListReads(unlimitedApp)).toEqual([])
  await unlimitedApp.close()
  expect(await countListReads(evictingApp)).toHaveLength(1) // which is what is looked for
})
