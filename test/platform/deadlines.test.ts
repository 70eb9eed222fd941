// A request that waits for a silent database or a full queue is told to come back (OWASP API4:2023). Whoever is told that
// can rely on it: a mutation that was refused writes nothing later, and one that may have written is never refused.
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
  succeeded,
  type Answer,
  type Person,
} from '../support/app/client.js'
import { onPostgres, rawClient } from '../support/database/database.js'
import { hashesOf, metricOf } from '../support/app/limits.js'
import { tokenFor } from '../support/mail/mail.js'
import { exampleOf, mutationNames, type Operation } from '../support/app/every-mutation.js'
import { manualTimer } from '../support/app/manual-timer.js'
import { headingOf, problemsOf, sendForm } from '../support/browser/pages.js'
import { watchQueries } from '../support/database/queries.js'
import { allRows } from '../support/database/remains.js'

const time = manualTimer()
const env = { METRICS_PORT: '9464', ARGON2_CONCURRENCY: '1', ARGON2_QUEUE: '2' }
// One connection: whoever holds it stalls the database for all others.
const app = await startApp({ poolSize: 1, timer: time.timer, env })
afterAll(app.close)

const mutationMs = 5_000
const queryMs = 2_000
const busy = { code: 'SERVICE_BUSY' }

/** Until `release` is called nobody gets a connection. */
async function stall({ db }: TestApp) {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  let isHeld: () => void = () => undefined
  const begun = new Promise<void>((resolve) => (isHeld = resolve))
  const holding = db.$transaction(
    async () => {
      isHeld()
      await held
    },
    { timeout: 60_000 },
  )
  await begun
  return async () => {
    release()
    await holding
    await settled()
  }
}

/** Until what was queued behind has had its turn: the connection is handed on in order. */
async function settled() {
  for (let i = 0; i < 3; i += 1) await app.db.$queryRaw`SELECT 1`
}

const untilWaiting = (count = 1) =>
  vi.waitFor(() => {
    expect(time.running()).toBeGreaterThanOrEqual(count)
  })

/** Long enough for a request to get from its first waiting point to the one where it stalls. */
const turns = async () => {
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
  resetToken = await tokenFor(app, person.email)
})

const send = ({ query, variables, token }: Operation) => call(app, query, variables, { token })

describe('while nobody gets a connection', () => {
  it.each(mutationNames)(
    '%s is refused, and writes nothing once the database is back',
    async (name) => {
      const operation = await exampleOf(name, app, person)
      const before = await allRows(app)
      const resume = await stall(app)
      const asked = send(operation)
      await untilWaiting()
      await turns()
      time.pass(mutationMs - 1)
      const isEarly = await Promise.race([asked.then(() => true), turns().then(() => false)])
      time.pass(mutationMs)
      const answer = await asked
      await resume()
      expect(isEarly).toBe(false)
      expectBusy(answer)
      expect(await allRows(app)).toEqual(before)
      expect(time.running()).toBe(0)
    },
  )

  it('a query is answered in part after 2 s, and goes on with nothing', async () => {
    const query = '{ authSettings { passwordMinLength } me { id sessions { totalCount } } }'
    const resume = await stall(app)
    const asked = call(app, query, {}, { token: person.accessToken })
    await untilWaiting()
    time.pass(queryMs)
    const answer = await asked
    expectBusy(answer)
    expect(answer.data).toEqual({ authSettings: { passwordMinLength: 8 }, me: null })
    const { seen, stop } = watchQueries()
    await resume()
    stop()
    expect(seen.filter(({ text }) => /ORDER BY|count\(/.test(text))).toEqual([])
    expect((await me(app, person.accessToken)).data?.me?.id).toBe(person.id)
  })

  it('a page says when to come back, and nothing was reset', async () => {
    const before = await allRows(app)
    const resume = await stall(app)
    const fields = { token: resetToken, newPassword: 'another horse entirely' }
    const asked = sendForm(app, '/reset-password', fields)
    await untilWaiting()
    time.pass(mutationMs)
    const { status, headers, html } = await asked
    await resume()
    expect(status).toBe(503)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(headingOf(html) ?? problemsOf(html)[0]).toBeTruthy()
    expect(await allRows(app)).toEqual(before)
  })
})

describe('while passwords are hashed', () => {
  it('what waits in the queue or is being hashed is refused, leaves the queue, and writes nothing', async () => {
    const slow = await startApp({
      timer: time.timer,
      env: { ...env, ARGON2_ITERATIONS: '20' },
    })
    try {
      const owner = await registerPerson(slow)
      const before = await allRows(slow)
      const hashes = await hashesOf(slow)
      const input = { email: owner.email, password: owner.password }
      const asked = [
        call(slow, LoginDocument, { input }),
        call(slow, LoginDocument, { input }),
        call(slow, RegisterDocument, { input: { email: newEmail(), password: goodPassword } }),
      ]
      await vi.waitFor(async () => {
        expect(await metricOf('latchkey_hashing_waiting', slow)).toBe(2)
      })
      time.pass(mutationMs)
      expect(await metricOf('latchkey_hashing_waiting', slow)).toBe(0)
      for (const answer of await Promise.all(asked)) expectBusy(answer)
      // One was being hashed; its turn over, the next sign-in has the place.
      const next = await call(slow, LoginDocument, { input })
      expect(next.data?.login?.__typename).toBe('AuthPayload')
      expect(await hashesOf(slow)).toBe(hashes + 2)
      const rows = await allRows(slow)
      expect(rows.filter((row) => row.startsWith('users'))).toHaveLength(1)
      expect(rows.filter((row) => row.startsWith('sessions'))).toHaveLength(2)
      const kept = before.filter((row) => /^(audit_events|password_credentials)/.test(row))
      expect(rows).toEqual(expect.arrayContaining(kept))
      expect(rows.filter((row) => row.startsWith('audit_events'))).toHaveLength(2)
    } finally {
      await slow.close()
    }
  })
})

describe('a sign-in after a failed one', () => {
  it('is refused as well, and the guess that was counted in advance is given back', async () => {
    const slow = await startApp({ timer: time.timer, env: { ...env, ARGON2_ITERATIONS: '20' } })
    try {
      const owner = await registerPerson(slow)
      const stranger = newEmail()
      const logIn = (email: string) =>
        call(slow, LoginDocument, { input: { email, password: goodPassword + '!' } })
      await logIn(owner.email)
      await logIn(stranger)
      const failures = async () => ({
        fromKnown: await slow.db.knownAddress.findMany({ select: { failures: true } }),
        fromUnknown: await slow.db.guessCount.findMany({ select: { failures: true } }),
      })
      const before = await failures()
      const asked = [logIn(owner.email), logIn(stranger), logIn(owner.email)]
      await vi.waitFor(async () => {
        expect(await metricOf('latchkey_hashing_waiting', slow)).toBe(2)
      })
      time.pass(mutationMs)
      for (const answer of await Promise.all(asked)) expectBusy(answer)
      await vi.waitFor(async () => {
        expect(await failures()).toEqual(before)
      })
      expect(before).toEqual({ fromKnown: [{ failures: 1 }], fromUnknown: [{ failures: 1 }] })
    } finally {
      await slow.close()
    }
  })
})

// A second client can lock what a transaction needs, after it began.
describe.runIf(onPostgres)('what may have been written is waited for', () => {
  async function behindLock<T>(
    table: string,
    work: () => Promise<T>,
    whileLocked: () => Promise<void>,
  ) {
    const client = await rawClient(app.target)
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
      await turns()
      expect(isOver).toBe(false)
      await client.query('ROLLBACK')
      return await working
    } finally {
      await client.end()
    }
  }

  const late = () => {
    time.pass(mutationMs)
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
    const operation = await exampleOf(mutation, app, person)
    const { errors, data } = await behindLock(table, () => send(operation), late)
    expect(errors).toEqual([])
    const [result] = Object.values(data as Record<string, { __typename: string }>)
    expect(result?.__typename).not.toBe('AuthError')
  })

  it('but a query below which a field waits is answered without it', async () => {
    const query = '{ me { id pendingEmail } }'
    const client = await rawClient(app.target)
    try {
      await client.query('BEGIN')
      await client.query('LOCK TABLE email_changes IN ACCESS EXCLUSIVE MODE')
      const asked = call(app, query, {}, { token: person.accessToken })
      await untilWaiting()
      await vi.waitFor(async () => {
        const { rows } = await client.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        )
        expect(rows[0]?.n).toBe(1)
      })
      time.pass(queryMs)
      const answer = await asked
      expectBusy(answer)
      expect(answer.data).toEqual({ me: { id: person.id, pendingEmail: null } })
    } finally {
      await client.query('ROLLBACK')
      await client.end()
    }
  })
})

it('every session of this file still works', async () => {
  const payload = succeeded(await refresh(app, person.refreshToken))
  expect((await call(app, MeDocument, {}, { token: payload.accessToken })).data?.me?.id).toBe(
    person.id,
  )
})
