// A code that was read over a shoulder or phished signs in one client, the first one (RFC 6238 §5.2, ASVS
// 6.5.1; Keycloak issue 13607). Checking and using up must be one step, or concurrent requests all pass.
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { registerPerson } from '../support/app/client.js'
import { sendOperationsConcurrently } from '../support/app/concurrent-operations.js'
import {
  beginSignIn,
  beginTotp,
  enrollTotp,
  factorDocuments,
  nextTotpCode,
  totpCode,
  type EnrolledPerson,
  type FactorResult,
} from '../support/app/factors.js'
import { tally } from '../support/app/rate-limits.js'
import { usesPostgres } from '../support/database/database.js'

const app = await startApp({ poolSize: 20 })
afterAll(app.close)

const racers = 20

interface Racer {
  readonly query: string
  readonly variables: { readonly input: object }
  readonly token: string | null
}

async function race(operations: readonly Racer[]) {
  const answers = await sendOperationsConcurrently<{ result: FactorResult | null }>(app, operations)
  return tally(
    answers.map(({ data, errors }) => {
      expect(errors).toEqual([])
      return data?.result?.code ?? data?.result?.__typename ?? 'nothing'
    }),
  )
}

/** The same code at many challenges of one person, each begun with the password. */
async function raceToSignIn(person: EnrolledPerson, method: string, code: string) {
  const operations: Racer[] = []
  for (let i = 0; i < racers; i += 1) {
    const { challengeToken } = await beginSignIn(app, person)
    const input = { challengeToken, method, code }
    operations.push({ query: factorDocuments.verifyMfa, variables: { input }, token: null })
  }
  return race(operations)
}

const countSessions = ({ id: userId }: EnrolledPerson) =>
  app.db.session.count({ where: { userId } })

describe.skipIf(!usesPostgres)('20 concurrent requests', () => {
  it('with one code of the app at 20 challenges: one signs in', async () => {
    const person = await enrollTotp(app, await registerPerson(app))
    const outcomes = await raceToSignIn(person, 'TOTP', nextTotpCode(app, person.secret))
    expect(outcomes['AuthPayload']).toBe(1)
    expect(await countSessions(person)).toBe(2)
  })

  it('with one code of the app at one challenge: one signs in', async () => {
    const person = await enrollTotp(app, await registerPerson(app))
    const { challengeToken } = await beginSignIn(app, person)
    const input = { challengeToken, method: 'TOTP', code: nextTotpCode(app, person.secret) }
    const operation = { query: factorDocuments.verifyMfa, variables: { input }, token: null }
    const outcomes = await race(Array.from({ length: racers }, () => operation))
    expect(outcomes['AuthPayload']).toBe(1)
    expect(await countSessions(person)).toBe(2)
  })

  it('with one recovery code at 20 challenges: one signs in, and one e-mail is sent', async () => {
    const person = await enrollTotp(app, await registerPerson(app))
    const outcomes = await raceToSignIn(person, 'RECOVERY_CODE', person.recoveryCodes[0] ?? '')
    expect(outcomes['AuthPayload']).toBe(1)
    expect(await countSessions(person)).toBe(2)
    expect(await app.db.recoveryCode.count({ where: { userId: person.id } })).toBe(9)
    const where = { accountId: person.id, kind: 'RECOVERY_CODE_USED' }
    expect(await app.db.outboxMessage.count({ where })).toBe(1)
  })

  it('with one code to reauthenticate: one gets a presence proof', async () => {
    const person = await enrollTotp(app, await registerPerson(app))
    const { accessToken: token, password, secret } = person
    const input = { password, totpCode: nextTotpCode(app, secret) }
    const operation = { query: factorDocuments.reauthenticate, variables: { input }, token }
    const outcomes = await race(Array.from({ length: racers }, () => operation))
    expect(outcomes['AuthPayload']).toBe(1)
  })

  it('to confirm one enrolment: one gets recovery codes', async () => {
    const person = await registerPerson(app)
    const { secret } = await beginTotp(app, person)
    const input = { code: totpCode(secret, app.clock.now()) }
    const query = factorDocuments.confirmTotpEnrollment
    const operation = { query, variables: { input }, token: person.accessToken }
    const outcomes = await race(Array.from({ length: racers }, () => operation))
    expect(outcomes).toEqual({ TotpEnabled: 1, INVALID_CHALLENGE: racers - 1 })
    expect(await app.db.recoveryCode.count({ where: { userId: person.id } })).toBe(10)
  })

  it('to remove the app with one code: it is removed once', async () => {
    const person = await enrollTotp(app, await registerPerson(app))
    const { accessToken: token, secret, presenceProof } = person
    const input = { code: nextTotpCode(app, secret), presenceProof }
    const operation = { query: factorDocuments.disableTotp, variables: { input }, token }
    const outcomes = await race(Array.from({ length: racers }, () => operation))
    expect(outcomes['User']).toBe(1)
    const where = { targetId: person.id, type: 'TOTP_DISABLED' }
    expect(await app.db.auditEvent.count({ where })).toBe(1)
  })
})
