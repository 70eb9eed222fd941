// A look-up that reads a whole table is fast in every test but stops a service as its data grows. With a million users
// and two million sessions, every statement of the hot paths still uses an index. Each costs the same as in an empty
// database.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type pg from 'pg'
import {
  MySessionsDocument,
  RequestPasswordResetDocument,
  ResetPasswordDocument,
} from '@latchkey/client/operations'
import { startApp, type TestApp } from '../support/app/app.js'
import * as client from '../support/app/client.js'
import {
  beginSignIn,
  callFactor,
  enrollTotp,
  nextTotpCode,
  reauthenticateWithTotp,
  signInWithTotp,
  type EnrolledPerson,
} from '../support/app/factors.js'
import { usesPostgres, openRawClient } from '../support/database/database.js'
import { explain, explainPrepared, type Plan } from '../support/database/explain.js'
import { queryUsersAs, gatewaySettings, gatewayTypes } from '../support/gateways/gateway-queries.js'
import { addMillionUsers, emailOf } from '../support/database/million-users.js'
import { recordQueries } from '../support/database/record-queries.js'
import { getMailedToken } from '../support/mail/mail.js'
import { median } from '../support/app/statistics.js'

describe.skipIf(!usesPostgres)('a million users (skipped without TEST_DATABASE_URL)', () => {
  let full: TestApp
  let empty: TestApp
  let raw: pg.Client
  beforeAll(async () => {
    full = await startApp({ env: gatewaySettings })
    empty = await startApp()
    await client.registerPerson(full)
    raw = await openRawClient(full.target)
    await addMillionUsers(raw)
  }, 240_000)

  afterAll(async () => {
    await raw.end()
    await full.close()
    await empty.close()
  })

  const person = (n: number) =>
    client.signIn(full, { email: emailOf(n), password: client.goodPassword })

  /** The plans of all statements that the application runs meanwhile. */
  async function plansOf(work: () => Promise<unknown>): Promise<Plan[]> {
    const { seen, stop } = recordQueries()
    await work()
    stop()
    // The few signing keys are read every few seconds, not by a request.
    const statements = seen.filter(
      ({ text }) =>
        /^\s*(SELECT|UPDATE|DELETE|WITH (signed_in|s) AS)/i.test(text) &&
        !text.includes('signing_keys'),
    )
    expect(statements.length).toBeGreaterThan(0)
    const plans: Plan[] = []
    for (const statement of statements) {
      plans.push(await explain(raw, statement))
      if (statement.name) expectIndexesOnly([await explainPrepared(raw, statement)], maxForAnyQuery)
    }
    return plans
  }

  const maxForAnyQuery = { rows: 100, blocks: 500 }

  function expectIndexesOnly(plans: Plan[], maxPerPlan = { rows: 25, blocks: 200 }) {
    for (const { text, nodes, readBlocks } of plans) {
      expect(
        nodes.map(({ type }) => type).filter((type) => type === 'Seq Scan'),
        text,
      ).toEqual([])
      for (const { removedRows, rows } of nodes) {
        expect(removedRows, text).toBeLessThanOrEqual(5)
        expect(rows, text).toBeLessThanOrEqual(maxPerPlan.rows)
      }
      expect(readBlocks, text).toBeLessThan(maxPerPlan.blocks)
    }
  }

  it('me is one statement, by index', async () => {
    const { accessToken } = await person(123_456)
    const plans = await plansOf(() => client.me(full, accessToken))
    expectIndexesOnly(plans)
    expect(plans).toHaveLength(1)
  })

  it('refresh finds its rows by index, for the rotation and for the check after it', async () => {
    const { refreshToken } = await person(234_567)
    const rotation = await plansOf(() => client.refresh(full, refreshToken))
    expectIndexesOnly(rotation)
    const replay = await plansOf(() => client.refresh(full, refreshToken))
    expectIndexesOnly(replay)
    expect(replay.length).toBeGreaterThan(rotation.length)
  })

  it('login finds its row by index, whether or not the account exists', async () => {
    expectIndexesOnly(await plansOf(() => person(345_678)))
    const input = { email: 'nobody@example.com', password: 'a wrong password' }
    const query = 'mutation($input: LoginInput!) { login(input: $input) { __typename } }'
    expectIndexesOnly(await plansOf(() => client.call(full, query, { input })))
  })

  it('register and logout find their rows by index', async () => {
    let refreshToken = ''
    const register = async () => ({ refreshToken } = await client.registerPerson(full))
    expectIndexesOnly(await plansOf(register))
    expectIndexesOnly(await plansOf(() => client.logout(full, refreshToken)))
  })

  it('the list of sessions reads the sessions of one user, page by page', async () => {
    const { accessToken: token } = await person(456_789)
    for (let i = 0; i < 12; i += 1) await person(456_789)
    let after: string | null = null
    const plans = await plansOf(async () => {
      const first = await client.call(full, MySessionsDocument, { first: 5, after }, { token })
      after = first.data?.me?.sessions?.pageInfo.endCursor ?? null
      const second = await client.call(full, MySessionsDocument, { first: 5, after }, { token })
      expect(second.data?.me?.sessions).toMatchObject({ totalCount: 15 })
    })
    expectIndexesOnly(plans)
  })

  it.each(gatewayTypes)(
    'a gateway’s look-up of a hundred users is one statement, by index, through %s',
    async (kind) => {
      const emails = Array.from({ length: 100 }, (_, i) => emailOf(1 + i * 9_999))
      const people = 'SELECT id FROM users WHERE email = ANY($1)'
      const { rows } = await raw.query<{ id: string }>(people, [emails])
      const ids = rows.map(({ id }) => id)
      const plans = await plansOf(async () => {
        const { data } = await queryUsersAs[kind](full, ids, 'id name createdAt')
        expect(data?.found.map((user) => user?.['id'])).toEqual(ids)
      })
      expect(ids).toHaveLength(100)
      expectIndexesOnly(plans, { rows: 100, blocks: 500 }) // four pages of the index and one of the table for each
      expect(plans).toHaveLength(1)
    },
  )

  it('a reset finds its rows by index, from the request to the new password', async () => {
    const email = emailOf(567_891)
    const request = { input: { email } }
    await client.call(full, RequestPasswordResetDocument, request)
    let token = ''
    expectIndexesOnly(await plansOf(async () => (token = await getMailedToken(full, email))))
    const input = { token, newPassword: 'quite another password' }
    const reset = () => client.call(full, ResetPasswordDocument, { input })
    expectIndexesOnly(await plansOf(reset))
  })

  it('the mail queue and the operator’s list find pending mail among sent mail by index', async () => {
    const { outbox } = full.app.services
    expectIndexesOnly(await plansOf(() => full.deliver()))
    expectIndexesOnly(await plansOf(() => outbox.list(100)))
    expectIndexesOnly(await plansOf(() => outbox.count()))
    expectIndexesOnly(await plansOf(() => outbox.removeFinished()))
  })

  it('a second factor finds its rows by index, from the enrolment to the removal', async () => {
    const owner = await client.registerPerson(full)
    let enrolled: EnrolledPerson | null = null
    expectIndexesOnly(await plansOf(async () => (enrolled = await enrollTotp(full, owner))))
    const person = enrolled as EnrolledPerson | null
    if (!person) throw new Error('not enrolled')
    const [recoveryCode = ''] = person.recoveryCodes
    expectIndexesOnly(await plansOf(() => signInWithTotp(full, person)))
    const { challengeToken } = await beginSignIn(full, person)
    const answer = { challengeToken, method: 'RECOVERY_CODE', code: recoveryCode }
    expectIndexesOnly(await plansOf(() => callFactor(full, 'verifyMfa', answer)))
    const { accessToken: token } = await reauthenticateWithTotp(full, person)
    const code = nextTotpCode(full, person.secret)
    expectIndexesOnly(await plansOf(() => callFactor(full, 'disableTotp', { code }, { token })))
  })

  it('me and refresh take as long as in an empty database', async () => {
    const times = {
      me: [[], []] as [number[], number[]],
      refresh: [[], []] as [number[], number[]],
    }
    const measure = async (timesMs: number[], work: () => Promise<unknown>) => {
      const start = performance.now()
      await work()
      timesMs.push(performance.now() - start)
    }
    const onlyPerson = await client.registerPerson(empty)
    for (let i = 0; i < 60; i += 1) {
      // Another user each time, because the rows of one would stay in every cache.
      const { accessToken, refreshToken } = await person(1 + i * 16_660)
      const { accessToken: token, ...other } = await client.signIn(empty, onlyPerson)
      await measure(times.me[0], () => client.me(full, accessToken))
      await measure(times.me[1], () => client.me(empty, token))
      await measure(times.refresh[0], () => client.refresh(full, refreshToken))
      await measure(times.refresh[1], () => client.refresh(empty, other.refreshToken))
    }
    for (const [name, [inFull, inEmpty]] of Object.entries(times)) {
      const ratio = median(inFull) / median(inEmpty)
      expect(ratio, `${name}: ${median(inFull)} ms against ${median(inEmpty)} ms`).toBeLessThan(2)
    }
  })
})
