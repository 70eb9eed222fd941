// Ten thousand tokens of invented key ids (test/threats/foreign-keys.test.ts has a thousand) are not ten thousand
// queries for keys, and the service goes on.
import { afterAll, expect, it } from 'vitest'
import { startApp } from '../support/app.js'
import { me, refusalOf, registerPerson } from '../support/client.js'
import { assemble, decode } from '../support/jwt.js'
import { watchQueries } from '../support/queries.js'

const app = await startApp()
afterAll(app.close)

it('ten thousand invented key ids make a handful of queries', { timeout: 90_000 }, async () => {
  const person = await registerPerson(app)
  const { header, claims } = decode(person.accessToken)
  app.clock.advance('11s') // a look at the table is due
  const { seen, stop } = watchQueries()
  const start = performance.now()
  for (let sent = 0; sent < 10_000; sent += 100) {
    const tokens = Array.from({ length: 100 }, (_, i) =>
      assemble({ ...header, kid: `invented-${sent + i}` }, claims, () => Buffer.alloc(256)),
    )
    const reasons = await Promise.all(tokens.map((token) => refusalOf(app, token)))
    expect(new Set(reasons)).toEqual(new Set(['TOKEN_INVALID']))
  }
  stop()
  const looks = seen.filter(({ text }) => text.includes('signing_keys'))
  // Every five seconds one for unknown keys and one to keep up with other replicas; and the schedule.
  const intervals = Math.ceil((performance.now() - start) / 5_000)
  expect(looks.length).toBeLessThanOrEqual(2 * intervals + 6)
  expect((await me(app, person.accessToken)).data?.me?.id).toBe(person.id)
})
