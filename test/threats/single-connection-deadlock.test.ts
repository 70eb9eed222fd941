// An operation that holds a connection and asks for a second one deadlocks when enough callers do it at once. With a
// pool of one, a single caller is enough (better-auth PR 10070 and 10622). The embedded database has one session, and
// small PostgreSQL pools are common. This file sends every mutation of the schema, so a new one needs no test of its
// own.
import { afterAll, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { auditEventOf } from '../support/app/audit-events.js'
import { registerPerson } from '../support/app/client.js'
import {
  createExampleOperation,
  mutationNames,
  successTypesOf,
  type Operation,
} from '../support/app/every-mutation.js'
import { outcomeOf, tally } from '../support/app/rate-limits.js'
import { mutations } from '../support/app/mutation-examples.js'
import { sendOperationsConcurrently } from '../support/app/concurrent-operations.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp({
  poolSize: 1,
  env: { ARGON2_QUEUE: '1000', MAX_SESSIONS_PER_USER: '0' },
})
afterAll(app.close)

const registerPeople = (count: number) =>
  Promise.all(Array.from({ length: count }, () => registerPerson(app)))

const bystander = await registerPerson(app)
const me: Operation = {
  query: '{ me { __typename pendingEmail sessions { totalCount nodes { id } } } }',
  variables: {},
  token: bystander.accessToken,
}

/** The outcomes of operations that start together with a query. A deadlock ends as an error in the answer or the log. */
async function outcomesOf(operations: readonly Operation[]) {
  const before = app.logLines.length
  const answers = await sendOperationsConcurrently(app, [...operations, me])
  const lines = app.logLines.slice(before).map((line) => JSON.parse(line) as { level: string })
  expect(lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([])
  const outcomes = answers.map(outcomeOf)
  expect(outcomes.pop()).toBe('User')
  return outcomes
}

const personCount = 2
const copies = 5

const repeat = (operations: readonly Operation[]) =>
  Array.from({ length: copies }, () => operations).flat()

const successfulEvents = (name: string) =>
  app.db.auditEvent
    .findMany({ where: { success: true } })
    .then((events) => events.filter(({ type }) => type === auditEventOf(name)))

it.each(mutationNames)('%s answers ten requests at once, five of each person', async (name) => {
  const examples: Operation[] = []
  for (const person of await registerPeople(personCount)) {
    examples.push(await createExampleOperation(name, app, person))
  }
  const earlier = new Set((await successfulEvents(name)).map(({ id }) => id))
  const { result, touched } = await trackChanges(app, () => outcomesOf(repeat(examples)))

  const { repeatAnswer, concurrentAnswer, recordsRepeats } = mutations[name] ?? {}
  const success = result.find((word) => successTypesOf(name).includes(word)) ?? 'a success'
  const firsts = Array<string>(personCount).fill(success)
  const repeats = Array<string>(personCount * (copies - 1)).fill(repeatAnswer ?? success)
  const outcomes = result.map((word) => (word === concurrentAnswer ? repeatAnswer : word))
  expect(tally(outcomes.map(String))).toEqual(tally([...firsts, ...repeats]))
  if (mutations[name]?.database === undefined) expect(touched).not.toEqual([])
  else expect(touched).toEqual([])

  if (auditEventOf(name) === undefined) return
  const events = (await successfulEvents(name)).filter(({ id }) => !earlier.has(id))
  const eventsOfEach = Object.values(tally(events.map(({ targetId }) => targetId ?? 'no target')))
  expect(eventsOfEach).toEqual(Array(personCount).fill(recordsRepeats ? copies : 1))
})

/** The answer to a wrong value of each input field that proves something. */
const refusals: Readonly<Record<string, string>> = {
  confirmEmail: 'INVALID_INPUT',
  currentPassword: 'INVALID_CREDENTIALS',
  password: 'INVALID_CREDENTIALS',
  presenceProof: 'REAUTHENTICATION_REQUIRED',
  refreshToken: 'INVALID_REFRESH_TOKEN',
  sessionId: 'NOT_FOUND',
  token: 'INVALID_TOKEN',
}

/** These succeed with any value: `register` takes a new password, and `logout` is idempotent. */
const takesAnyValue = ['register', 'logout']

it('all mutations at once refuse a wrong proof', async () => {
  const wrong: { position: string; operation: Operation; expected: unknown }[] = []
  for (const [i, person] of (await registerPeople(mutationNames.length)).entries()) {
    const name = mutationNames[i] ?? ''
    const operation = await createExampleOperation(name, app, person)
    const input = { ...operation.variables.input } as Record<string, string>
    for (const [field, refusal] of Object.entries(refusals)) {
      const value = input[field]
      if (value === undefined) continue
      const other = `${value.startsWith('x') ? 'y' : 'x'}${value.slice(1)}`
      wrong.push({
        position: `${name}.${field}`,
        operation: { ...operation, variables: { input: { ...input, [field]: other } } },
        expected: takesAnyValue.includes(name) ? expect.toBeOneOf(successTypesOf(name)) : refusal,
      })
    }
  }
  const outcomes = await outcomesOf(wrong.map(({ operation }) => operation))
  expect(wrong.map(({ position }, i) => [position, outcomes[i]])).toEqual(
    wrong.map(({ position, expected }) => [position, expected]),
  )
})

it('a stolen refresh token that is sent five times ends its session once', async () => {
  const refreshes: Operation[] = []
  for (const person of await registerPeople(personCount)) {
    refreshes.push(await createExampleOperation('refresh', app, person))
  }
  expect(tally(await outcomesOf(refreshes))).toEqual({ AuthPayload: personCount })
  app.clock.advance('31s')
  const where = { type: 'REFRESH_TOKEN_REUSED' } as const
  const before = await app.db.auditEvent.count({ where })
  const outcomes = await outcomesOf(repeat(refreshes))
  expect(outcomes).toEqual(
    outcomes.map(() => expect.toBeOneOf(['REFRESH_TOKEN_REUSED', 'SESSION_ENDED']) as string),
  )
  expect(await app.db.auditEvent.count({ where })).toBe(before + personCount)
})
