// The counter of a passkey that does not sync shows a cloned authenticator: it must grow. The counter of a synced
// passkey says nothing, because copies are intended.
import { afterAll, describe, expect, it, test } from 'vitest'
import { startApp } from '../support/app/app.js'
import { createAuthenticator } from '../support/app/authenticator.js'
import { registerPerson } from '../support/app/client.js'
import { sendOperationsConcurrently } from '../support/app/concurrent-operations.js'
import {
  addPasskey,
  beginLogin,
  documentOf,
  outcomeOf,
  reauthenticateWithPasskey,
  signInWithPasskey,
  type Result,
} from '../support/app/passkeys.js'
import { usesPostgres } from '../support/database/database.js'
import { findAuditEvents, trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

/** A person with a passkey whose counter was this at the last sign-in. */
async function createPasskeyAt(counter: number, syncs: boolean) {
  const person = await registerPerson(app)
  const authenticator = createAuthenticator({ syncs })
  const { passkey } = await addPasskey(app, person, { authenticator })
  await app.db.passkey.update({ where: { id: passkey.id }, data: { counter } })
  const readCounter = async () =>
    Number((await app.db.passkey.findUniqueOrThrow({ where: { id: passkey.id } })).counter)
  return { person, authenticator, readCounter }
}

test.each([
  [0, 0],
  [0, 1],
  [0, 4_294_967_295],
  [5, 6],
  [5, 4_294_967_295],
])('a counter from %i to %i signs in and is stored', async (before, counter) => {
  const { authenticator, readCounter } = await createPasskeyAt(before, false)
  const result = await signInWithPasskey(app, authenticator, { lie: { counter } })
  expect([outcomeOf(result), await readCounter()]).toEqual(['AuthPayload', counter])
})

describe('a counter of a passkey that does not sync', () => {
  test.each([
    [5, 5],
    [5, 4],
    [5, 0],
    [1, 0],
  ])('from %i to %i is refused and recorded', async (before, counter) => {
    const { person, authenticator } = await createPasskeyAt(before, false)
    const { result, touched } = await trackChanges(app, () =>
      signInWithPasskey(app, authenticator, { lie: { counter } }),
    )
    expect([outcomeOf(result), touched]).toEqual(['INVALID_PASSKEY_RESPONSE', ['audit_events']])
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      ...{ type: 'LOGIN', success: false, sessionId: null },
    })
  })

  it('that does not grow is no proof of presence', async () => {
    const { person, authenticator } = await createPasskeyAt(5, false)
    const { result, touched } = await trackChanges(app, () =>
      reauthenticateWithPasskey(app, person, authenticator, { counter: 5 }),
    )
    expect([outcomeOf(result), touched]).toEqual(['INVALID_PASSKEY_RESPONSE', ['audit_events']])
  })

  it.runIf(usesPostgres)('serves one of 20 concurrent sign-ins with the same counter', async () => {
    const { authenticator, readCounter } = await createPasskeyAt(5, false)
    const operations = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { challengeToken, options } = await beginLogin(app)
        const input = { challengeToken, response: authenticator.get(options, { counter: 6 }) }
        return { query: documentOf('finishPasskeyLogin'), variables: { input }, token: null }
      }),
    )
    const answers = await sendOperationsConcurrently<Record<string, Result>>(app, operations)
    const outcomes = answers.map(({ data }) => outcomeOf(data?.['finishPasskeyLogin'] ?? {}))
    expect(outcomes.filter((one) => one === 'AuthPayload')).toHaveLength(1)
    expect(outcomes.filter((one) => one === 'INVALID_PASSKEY_RESPONSE')).toHaveLength(19)
    expect(await readCounter()).toBe(6)
  })
})

describe('a forged response with a low counter', () => {
  it('looks like any other forgery: the signature is judged first', async () => {
    const { authenticator, readCounter } = await createPasskeyAt(5, false)
    const low = await signInWithPasskey(app, authenticator, { lie: { counter: 4, tamper: true } })
    const high = await signInWithPasskey(app, authenticator, { lie: { counter: 9, tamper: true } })
    expect(low).toEqual(high)
    expect(await readCounter()).toBe(5)
  })
})

describe('a synced passkey', () => {
  test.each([
    [5, 5],
    [5, 4],
    [5, 0],
  ])('with a counter from %i to %i signs in', async (before, counter) => {
    const { authenticator, readCounter } = await createPasskeyAt(before, true)
    const result = await signInWithPasskey(app, authenticator, { lie: { counter } })
    expect([outcomeOf(result), await readCounter()]).toEqual(['AuthPayload', counter])
  })

  it('that is no longer backed up signs in, and the service stores it', async () => {
    const { person, authenticator } = await createPasskeyAt(0, true)
    await signInWithPasskey(app, authenticator, { lie: { bs: false } })
    const stored = await app.db.passkey.findMany({ where: { userId: person.id } })
    expect(stored).toMatchObject([{ backupEligible: true, backedUp: false }])
  })

  it('that pretends to be bound to a device is refused', async () => {
    const { authenticator } = await createPasskeyAt(0, true)
    const lie = { be: false, bs: false }
    const result = await signInWithPasskey(app, authenticator, { lie })
    expect(outcomeOf(result)).toBe('INVALID_PASSKEY_RESPONSE')
  })
})
