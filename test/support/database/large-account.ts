import { createHash, randomBytes } from 'node:crypto'
import { newId } from '../../../src/platform/crypto/ids.js'
import type { TestApp } from '../app/app.js'
import { call, registerPerson, type Person } from '../app/client.js'

/** A user agent that matches only the last patterns of parsers, different for each number. */
const slowUserAgent = (i: number) =>
  `Mozilla/5.0 (Linux; U; Android 4.${i}; ${'Build/ '.repeat(12)}) AppleWebKit/1 ${'Version/ Mobile/ Safari/'.repeat(9)}`.slice(
    0,
    300,
  )

/** A person with the maximum amount of data: this many sessions, and every text at its longest. */
export async function createLargeAccount(app: TestApp, sessions = 100): Promise<Person> {
  const person = await registerPerson(app)
  const input = {
    username: `u${'x'.repeat(30)}`,
    name: 'Ñ'.repeat(100),
    bio: '💩'.repeat(500),
    image: `https://example.com/${'a'.repeat(1_900)}`,
    locale: 'de-Latn-DE',
  }
  const update = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { __typename } }`
  await call(app, update, { input }, { token: person.accessToken })
  const now = app.clock.now()
  const later = new Date(now.getTime() + 10 * 24 * 60 * 60_000)
  const rows = Array.from({ length: sessions - 1 }, (_, i) => ({
    id: newId(app.clock),
    userId: person.id,
    deviceName: '💩'.repeat(100),
    userAgent: slowUserAgent(i),
    ipAddress: '2001:db8:1111:2222:3333:4444:5555:6666',
    authenticationMethods: ['PASSWORD' as const],
    createdAt: now,
    authenticatedAt: now,
    expiresAt: later,
  }))
  await app.db.session.createMany({ data: rows })
  await app.db.refreshToken.createMany({
    data: rows.map(({ id }) => ({
      sessionId: id,
      seedHash: new Uint8Array(createHash('sha256').update(randomBytes(16)).digest()),
      generation: 1,
      lastUsedAt: now,
      expiresAt: later,
    })),
  })
  return person
}
