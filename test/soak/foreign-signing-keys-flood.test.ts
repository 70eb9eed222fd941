// Ten thousand tokens with invented key ids do not cause ten thousand key queries, and the service keeps running.
// (test/threats/foreign-signing-keys.test.ts sends a thousand.)
import { afterAll, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { me, getRefusalReason, registerPerson } from '../support/app/client.js'
import { assembleJwt, decodeJwt } from '../support/app/jwt.js'
import { recordQueries } from '../support/database/record-queries.js'
import { unknownKid } from '../support/app/signing-keys.js'

const app = await startApp()
afterAll(app.close)

it(
  'ten thousand invented key ids cause at most four queries per second',
  { timeout: 90_000 },
  async () => {
    const person = await registerPerson(app)
    const { header, claims } = decodeJwt(person.accessToken)
    const { seen, stop } = recordQueries()
    const start = performance.now()
    for (let sent = 0; sent < 10_000; sent += 100) {
      const tokens = Array.from({ length: 100 }, (_, i) =>
        assembleJwt({ ...header, kid: unknownKid(sent + i) }, claims, () => Buffer.alloc(256)),
      )
      const reasons = await Promise.all(tokens.map((token) => getRefusalReason(app, token)))
      expect(new Set(reasons)).toEqual(new Set(['TOKEN_INVALID']))
    }
    stop()
    const keyQueries = seen.filter(({ text }) => text.includes('signing_keys'))
    // Four per second for unknown keys, one every five seconds to follow other replicas, and those of the schedule.
    const seconds = (performance.now() - start) / 1_000
    expect(keyQueries.length).toBeLessThanOrEqual(5 * seconds + 6)
    expect((await me(app, person.accessToken)).data?.me?.id).toBe(person.id)
  },
)
