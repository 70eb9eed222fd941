import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app/app.js'
import { me, refresh, registerPerson, getAuthPayload, type Person } from '../support/app/client.js'
import { usesPostgres } from '../support/database/database.js'
import { decodeJwt } from '../support/app/jwt.js'

const personCount = 8
const minuteMs = 60_000

/** Queries and refreshes in turn at either replica. Returns how many requests failed. */
async function generateLoad(replicas: TestApp[], person: Person, isOver: () => boolean) {
  let { accessToken, refreshToken } = person
  const counts = { requests: 0, failed: 0, keys: new Set<string>() }
  while (!isOver()) {
    const server = replicas[counts.requests % replicas.length]
    if (!server) throw new Error('no replica')
    counts.requests += 1
    counts.keys.add(String(decodeJwt(accessToken).header['kid']))
    const { data } = await me(server, accessToken)
    if (data?.me?.id !== person.id) counts.failed += 1
    if (counts.requests % 3 > 0) continue
    const payload = getAuthPayload(await refresh(server, refreshToken))
    accessToken = payload.accessToken
    refreshToken = payload.refreshToken ?? ''
  }
  return counts
}

it.runIf(usesPostgres)(
  'three forced rotations in a minute of load on two replicas fail no request (needs PostgreSQL)',
  { timeout: 3 * minuteMs },
  async () => {
    const first = await startApp()
    const second = await startApp({ target: first.target, clock: first.clock })
    try {
      const everyone: Person[] = []
      for (let i = 0; i < personCount; i += 1) everyone.push(await registerPerson(first))
      const end = performance.now() + minuteMs
      const isOver = () => performance.now() > end
      const load = everyone.map((person) => generateLoad([first, second], person, isOver))
      for (const { app } of [first, second, first]) {
        await sleep(minuteMs / 4)
        await app.services.keyRotation.rotate({ force: true })
        await app.services.keys.load()
      }
      const counts = await Promise.all(load)
      const total = counts.reduce((sum, { requests }) => sum + requests, 0)
      const failed = counts.reduce((sum, one) => sum + one.failed, 0)
      expect(total).toBeGreaterThan(1_000)
      expect(failed).toBe(0)
      expect(new Set(counts.flatMap(({ keys }) => [...keys])).size).toBe(4)
    } finally {
      await second.close()
      await first.close()
    }
  },
)
