import { afterAll, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { me, refresh, registerPerson, getAuthPayload } from '../../support/app/client.js'
import { findAuditEvents } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const rounds = 20
const racers = 64

it('64 parallel refreshes with one token get one successor, 20 rounds in a row', async () => {
  const { id, sessionId, refreshToken } = await registerPerson(app)
  let token = refreshToken
  for (let round = 1; round <= rounds; round += 1) {
    const results = await Promise.all(Array.from({ length: racers }, () => refresh(app, token)))
    const payloads = results.map(getAuthPayload)
    const successors = new Set(payloads.map((payload) => payload.refreshToken ?? ''))
    expect(successors.size).toBe(1)
    expect(successors).not.toContain(token)
    expect(new Set(payloads.map(({ session }) => session.id))).toEqual(new Set([sessionId]))
    const row = await app.db.refreshToken.findUniqueOrThrow({ where: { sessionId } })
    expect(row.generation).toBe(round + 1)

    const { accessToken } = payloads[round] ?? {}
    expect((await me(app, accessToken ?? '')).data?.me?.id).toBe(id)
    ;[token = ''] = successors
  }
  expect(await app.db.session.findMany({ where: { userId: id } })).toMatchObject([
    { id: sessionId, endedAt: null },
  ])
  expect((await findAuditEvents(app, id)).map(({ type }) => type)).toEqual(['USER_REGISTERED'])
})
