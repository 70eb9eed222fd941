// Replicas whose clocks differ agree on the age of a token, because the database's clock decides.
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import {
  getAuthError,
  refresh,
  registerPerson,
  getAuthPayload,
  type Server,
} from '../../support/app/client.js'
import { SkewedClock } from '../../support/app/clock.js'
import { usesPostgres } from '../../support/database/database.js'

const clock = new SkewedClock()
const app = await startApp({ clock, env: { REFRESH_GRACE: '30s' } })
afterAll(app.close)
beforeEach(() => {
  clock.skewMs = 0
})

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

async function rotate(token: string, server: Server = app) {
  return getAuthPayload(await refresh(server, token)).refreshToken ?? ''
}

describe.each([5 * minuteMs, -5 * minuteMs])(
  'a replica whose clock is wrong by %d ms',
  (skewMs) => {
    it('gives a racing tab the successor from another replica', async () => {
      const { refreshToken } = await registerPerson(app)
      const successor = await rotate(refreshToken)
      clock.skewMs = skewMs
      expect(await rotate(refreshToken)).toBe(successor)
    })

    it('creates a successor that another replica gives to a racing tab', async () => {
      const { refreshToken } = await registerPerson(app)
      clock.skewMs = skewMs
      const successor = await rotate(refreshToken)
      clock.skewMs = 0
      expect(await rotate(refreshToken)).toBe(successor)
    })

    it('ends the session of a replaced token after the grace interval', async () => {
      const { refreshToken } = await registerPerson(app)
      clock.skewMs = skewMs
      await rotate(refreshToken)
      clock.skewMs = 0
      clock.advance('31s')
      expect(getAuthError(await refresh(app, refreshToken)).code).toBe('REFRESH_TOKEN_REUSED')
    })
  },
)

it('a replica whose clock is wrong neither ends an unused session early nor extends it', async () => {
  const person = await registerPerson(app)
  clock.skewMs = 20 * dayMs
  const next = await rotate(person.refreshToken)
  clock.skewMs = -20 * dayMs
  const last = await rotate(next)
  clock.advance('14d')
  expect(getAuthError(await refresh(app, last)).code).toBe('REFRESH_TOKEN_EXPIRED')
})

it.skipIf(!usesPostgres)(
  'two replicas whose clocks differ by ten minutes race for one token (skipped without PostgreSQL)',
  async () => {
    const skewedClock = new SkewedClock()
    skewedClock.skewMs = 10 * minuteMs
    const right = await startApp()
    const wrong = await startApp({ target: right.target, clock: skewedClock })
    try {
      for (let round = 0; round < 5; round += 1) {
        let { refreshToken: token } = await registerPerson(right)
        for (const [first, second] of [
          [right, wrong],
          [wrong, right],
        ] as const) {
          const successor = await rotate(token, first)
          const racers = [first, second, second].map((server) => rotate(token, server))
          expect(new Set(await Promise.all(racers))).toEqual(new Set([successor]))
          token = successor
        }
      }
    } finally {
      await wrong.close()
      await right.close()
    }
  },
)
