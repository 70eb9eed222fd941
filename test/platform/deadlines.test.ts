// A request that waits for a silent database or a full queue gets an error with a retry time (OWASP API4:2023). A
// refused mutation writes nothing later. A mutation that may have written is never refused.
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { LoginDocument, MeDocument, RegisterDocument } from '@latchkey/client/operations'
import { startApp, type TestApp } from '../support/app/app.js'
import {
  call,
  goodPassword,
  me,
  newEmail,
  refresh,
  registerPerson,
  getAuthPayload,
  type Answer,
  type Person,
} from '../support/app/client.js'
import { usesPostgres, openRawClient } from '../support/database/database.js'
import { countPasswordHashes, sumMetric } from '../support/app/rate-limits.js'
import { getMailedToken } from '../support/mail/mail.js'
import {
  createExampleOperation,
  mutationNames,
  type Operation,
} from '../support/app/every-mutation.js'
import { mutations } from '../support/app/mutation-examples.js'
import { createManualTimer } from '../support/app/manual-timer.js'
import { headingOf, problemsOf, sendForm } from '../support/browser/hosted-pages.js'
import { recordQueries } from '../support/database/record-queries.js'
import { readAllRows } from '../support/database/all-rows.js'

const manualTimer = createManualTimer()
const env = { METRICS_PORT: '9464', ARGON2_CONCURRENCY: '1', ARGON2_QUEUE: '2' }
// One connection: while one operation holds it, the database stalls for all others.
const app = await startApp({ poolSize: 1, timer: manualTimer.timer, env })
afterAll(app.close)

const mutationTimeoutMs = 5_000
const queryTimeoutMs = 2_000
const busy = { code: 'SERVICE_BUSY' }

/** No operation gets a connection until `release` is called. */
async function stallDatabase({ db }: TestApp) {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  let markHeld: () => void = () => undefined
  const begun = new Promise<void>((resolve) => (markHeld = resolve))
  const holding = db.$transaction(
    async () => {
      markHeld()
      await held
    },
    { timeout: 60_000 },
  )
  await begun
  return async () => {
    release()
    await holding
    await waitUntilSettled()
  }
}

/** Waits until the operations queued before have had their turn, because the pool serves them in order. */
async function waitUntilSettled() {
  for (let i = 0; i < 3; i += 1) await app.db.$queryRaw`SELECT 1`
}

const waitForTimers = (count = 1) =>
  vi.waitFor(() => {
    expect(manualTimer.running()).toBeGreaterThanOrEqual(count)
  })

/** Long enough for a request to get from its first waiting point to the one where it stalls. */
const waitManyTurns = async () => {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

function expectBusy({ status, errors, headers }: Answer<unknown>) {
  expect({ status, errors }).toMatchObject({ status: 200, errors: [{ extensions: busy }] })
  expect(Number(errors[0]?.extensions['retryAfter'])).toBeGreaterThan(0)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
}

let person: Person
let resetToken: string
beforeEach(async () => {
  person = await registerPerson(app)
  await call(
    app,
    'mutation ($e: EmailAddress!) { requestPasswordReset(input: { email: $e }) { __typename } }',
    {
      e: person.email,
    },
  )
  resetToken = await getMailedToken(app, person.email)
})

const send = ({ query, variables, token }: Operation) => call(app, query, variables, { token })

const usingDatabase = mutationNames.filter((name) => mutations[name]?.database !== 'unused')

describe('while no connection is free', () => {
  it.each(usingDatabase)(
    '%s is refused, and writes nothing after the database recovers',
    async (name) => {
      const operation = await createExampleOperation(name, app, person)
      const before = await readAllRows(app)
      const resume = await stallDatabase(app)
      const pending = send(operation)
      await waitForTimers()
      await waitManyTurns()
      manualTimer.advance(mutationTimeoutMs - 1)
      const isEarly = await Promise.race([
        pending.then(() => true),
        waitManyTurns().then(() => false),
      ])
      manualTimer.advance(mutationTimeoutMs)
      const answer = await pending
      await resume()
      expect(isEarly).toBe(false)
      expectBusy(answer)
      expect(await readAllRows(app)).toEqual(before)
      expect(manualTimer.running()).toBe(0)
    },
  )

  it('a query gets a partial result after 2 s, and does no further work', async () => {
    const query = '{ authSettings { passwordMinLength } me { id sessions { totalCount } } }'
    const resume = await stallDatabase(app)
    const pending = call(app, query, {}, { token: person.accessToken })
    await waitForTimers()
    manualTimer.advance(queryTimeoutMs)
    const answer = await pending
    expectBusy(answer)
    expect(answer.data).toEqual({ authSettings: { passwordMinLength: 8 }, me: null })
    const { seen, stop } = recordQueries()
    await resume()
    stop()
    expect(seen.filter(({ text }) => /ORDER BY|count\(/.test(text))).toEqual([])
    expect((await me(app, person.accessToken)).data?.me?.id).toBe(person.id)
  })

  it('a page shows when to retry, and nothing was reset', async () => {
    const before = await readAllRows(app)
    const resume = await stallDatabase(app)
    const fields = { token: resetToken, newPassword: 'another horse entirely' }
    const pending = sendForm(app, '/reset-password', fields)
    await waitForTimers()
    manualTimer.advance(mutationTimeoutMs)
    const { status, headers, html } = await pending
    await resume()
    expect(status).toBe(503)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(headingOf(html) ?? problemsOf(html)[0]).toBeTruthy()
    expect(await readAllRows(app)).toEqual(before)
  })
})

describe('while passwords are hashed', () => {
  it('an operation that waits in the queue or for its hash is refused, leaves the queue, and writes nothing', async () => {
    const slowHashingApp = await startApp({
      timer: manualTimer.timer,
      env: { ...env, ARGON2_ITERATIONS: '20' },
    })
    try {
      const owner = await registerPerson(slowHashingApp)
      const before = await readAllRows(slowHashingApp)
      const hashes = await countPasswordHashes(slowHashingApp)
      const input = { email: owner.email, password: owner.password }
      const pending = [
        call(slowHashingApp, LoginDocument, { input }),
        call(slowHashingApp, LoginDocument, { input }),
        call(slowHashingApp, RegisterDocument, {
          input: { email: newEmail(), password: goodPassword },
        }),
      ]
      await vi.waitFor(async () => {
        expect(await sumMetric('latchkey_hashing_waiting', slowHashingApp)).toBe(2)
      })
      manualTimer.advance(mutationTimeoutMs)
      expect(await sumMetric('latchkey_hashing_waiting', slowHashingApp)).toBe(0)
      for (const answer of await Promise.all(pending)) expectBusy(answer)
      // One hash was in progress. When it is done, the next sign-in is hashed.
      const next = await call(slowHashingApp, LoginDocument, { input })
      expect(next.data?.login?.__typename).toBe('AuthPayload')
      expect(await countPasswordHashes(slowHashingApp)).toBe(hashes + 2)
      const rows = await readAllRows(slowHashingApp)
      expect(rows.filter((row) => row.startsWith('users'))).toHaveLength(1)
      expect(rows.filter((row) => row.startsWith('sessions'))).toHaveLength(2)
      const kept = before.filter((row) => /^(audit_events|password_credentials)/.test(row))
      expect(rows).toEqual(expect.arrayContaining(kept))
      expect(rows.filter((row) => row.startsWith('audit_events'))).toHaveLength(2)
    } finally {
      await slowHashingApp.close()
    }
  })
})

describe('a sign-in after a failed one', () => {
  it('is refused as well, and the guess that was counted in advance is refunded', async () => {
    const slowHashingApp = await startApp({
      timer: manualTimer.timer,
      env: { ...env, ARGON2_ITERATIONS: '20' },
    })
    try {
      const owner = await registerPerson(slowHashingApp)
      const unknownEmail = newEmail()
      const logIn = (email: string) =>
        call(slowHashingApp, LoginDocument, { input: { email, password: goodPassword + '!' } })
      await logIn(owner.email)
      await logIn(unknownEmail)
      const failures = async () => ({
        fromKnown: await slowHashingApp.db.knownAddress.findMany({ select: { failures: true } }),
        fromUnknown: await slowHashingApp.db.guessCount.findMany({ select: { failures: true } }),
      })
      const before = await failures()
      const pending = [logIn(owner.email), logIn(unknownEmail), logIn(owner.email)]
      await vi.waitFor(async () => {
        expect(await sumMetric('latchkey_hashing_waiting', slowHashingApp)).toBe(2)
      })
      manualTimer.advance(mutationTimeoutMs)
      for (const answer of await Promise.all(pending)) expectBusy(answer)
      await vi.waitFor(async () => {
        expect(await failures()).toEqual(before)
      })
      expect(before).toEqual({ fromKnown: [{ failures: 1 }], fromUnknown: [{ failures: 1 }] })
    } finally {
      await slowHashingApp.close()
    }
  })
})

// A second client can lock rows that a transaction needs after the transaction has begun.
describe.runIf(usesPostgres)('the server waits for a mutation that may have written', () => {
  async function runBehindLock<T>(
    table: string,
    work: () => Promise<T>,
    whileLocked: () => Promise<void>,
  ) {
    const client = await openRawClient(app.target)
    try {
      await client.query('BEGIN')
      await client.query(`LOCK TABLE ${table} IN EXCLUSIVE MODE`)
      const working = work()
      let isOver = false
      void working.then(() => (isOver = true))
      await vi.waitFor(async () => {
        const { rows } = await client.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        )
        expect(rows[0]?.n).toBe(1)
      })
      await whileLocked()
      await waitManyTurns()
      expect(isOver).toBe(false)
      await client.query('ROLLBACK')
      return await working
    } finally {
      await client.end()
    }
  }

  const passDeadline = () => {
    manualTimer.advance(mutationTimeoutMs)
    return Promise.resolve()
  }

  it.each([
    ['a registration', 'audit_events', 'register'],
    ['a sign-in', 'audit_events', 'login'],
    ['a changed password', 'audit_events', 'changePassword'],
    ['a reset password', 'audit_events', 'resetPassword'],
    ['a profile', 'users', 'updateProfile'],
    ['a rotated refresh token', 'refresh_tokens', 'refresh'],
    ['an ended session', 'audit_events', 'revokeSession'],
  ] as const)('%s', async (_, table, mutation) => {
    const operation = await createExampleOperation(mutation, app, person)
    const { errors, data } = await runBehindLock(table, () => send(operation), passDeadline)
    expect(errors).toEqual([])
    const [result] = Object.values(data as Record<string, { __typename: string }>)
    expect(result?.__typename).not.toBe('AuthError')
  })

  it('a query with a field that waits below it is answered without that field', async () => {
    const query = '{ me { id pendingEmail } }'
    const client = await openRawClient(app.target)
    try {
      await client.query('BEGIN')
      await client.query('LOCK TABLE email_changes IN ACCESS EXCLUSIVE MODE')
      const pending = call(app, query, {}, { token: person.accessToken })
      await waitForTimers()
      await vi.waitFor(async () => {
        const { rows } = await client.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        )
        expect(rows[0]?.n).toBe(1)
      })
      manualTimer.advance(queryTimeoutMs)
      const answer = await pending
      expectBusy(answer)
      expect(answer.data).toEqual({ me: { id: person.id, pendingEmail: null } })
    } finally {
      await client.query('ROLLBACK')
      await client.end()
    }
  })
})

it('every session in this file still works', async () => {
  const payload = getAuthPayload(await refresh(app, person.refreshToken))
  expect((await call(app, MeDocument, {}, { token: payload.accessToken })).data?.me?.id).toBe(
    person.id,
  )
})
