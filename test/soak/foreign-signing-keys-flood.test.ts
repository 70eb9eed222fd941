// Ten thousand tokens of invented key ids (test/threats/foreign-signing-keys.test.ts has a thousand) are not ten thousand
// queries for keys, and the service goes on.
import { afterAll, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { me, getRefusalReason, registerPerson } from '../support/app/client.js'
import { assembleJwt, decodeJwt } from '../support/app/jwt.js'
import { recordQueries } from '../support/database/record-queries.js'
import { unknownKid } from '../support/app/signing-keys.js'

const app = await startApp()
afterAll(app.close)

it(
  'ten thousand invented key ids make at most four queries a second',
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
    // Four a second for unknown keys, one every five seconds to keep up with other replicas; and the schedule.
    const seconds = (performance.now() - start) / 1_000
    expect(keyQueries.length).toBeLessThanOrEqual(5 * seconds + 6)
    expect((await me(app, person.accessToken)).data?.me?.id).toBe(person.id)
  },
)
