// Ten thousand tokens of invented key ids (test/threats/foreign-keys.test.ts has a thousand) are not ten thousand
// queries for keys, and the service goes on.
import { afterAll, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { me, refusalOf, registerPerson } from '../support/app/client.js'
import { assemble, decode } from '../support/app/jwt.js'
import { watchQueries } from '../support/database/queries.js'
import { inventedKid } from '../support/app/signing-keys.js'

const app = await startApp()
afterAll(app.close)

it(
  'ten thousand invented key ids make at most four queries a second',
  { timeout: 90_000 },
  async () => {
    const person = await registerPerson(app)
    const { header, claims } = decode(person.accessToken)
    const { seen, stop } = watchQueries()
    const start = performance.now()
    for (let sent = 0; sent < 10_000; sent += 100) {
      const tokens = Array.from({ length: 100 }, (_, i) =>
        assemble({ ...header, kid: inventedKid(sent + i) }, claims, () => Buffer.alloc(256)),
      )
      const reasons = await Promise.all(tokens.map((token) => refusalOf(app, token)))
      expect(new Set(reasons)).toEqual(new Set(['TOKEN_INVALID']))
    }
    stop()
    const looks = seen.filter(({ text }) => text.includes('signing_keys'))
    // Four a second for unknown keys, one every five seconds to keep up with other replicas; and the schedule.
    const seconds = (performance.now() - start) / 1_000
    expect(looks.length).toBeLessThanOrEqual(5 * seconds + 6)
    expect((await me(app, person.accessToken)).data?.me?.id).toBe(person.id)
  },
)
