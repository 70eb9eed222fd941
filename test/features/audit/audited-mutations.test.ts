// A mutation with @Audited records its event once, for the affected account. A mutation without it records nothing.
import { afterAll, describe, expect, it } from 'vitest'
import { features } from '../../../src/compose/features.js'
import { startApp } from '../../support/app/app.js'
import { auditEventOf } from '../../support/app/audit-events.js'
import { call, registerPerson, signIn } from '../../support/app/client.js'
import { createExampleOperation, mutationNames } from '../../support/app/every-mutation.js'

const app = await startApp()
afterAll(app.close)

const events = () => app.db.auditEvent.findMany({ orderBy: { id: 'asc' } })

describe.each(mutationNames)('%s', (name) => {
  it(`records ${auditEventOf(name) ?? 'nothing'}`, async () => {
    const person = await registerPerson(app)
    await signIn(app, person) // a second session, for mutations that end other sessions
    const { query, variables, token } = await createExampleOperation(name, app, person)
    const before = new Set((await events()).map(({ id }) => id))
    const answer = await call(app, query, variables, { token })
    expect(answer.errors).toEqual([])
    const added = (await events()).filter(({ id }) => !before.has(id))
    const expected = auditEventOf(name)
    if (expected === undefined) {
      expect(added).toEqual([])
      return
    }
    expect(added.filter(({ type }) => type === expected)).toHaveLength(
      name === 'revokeOtherSessions' ? added.length : 1,
    )
    expect(added.length).toBeGreaterThan(0)
    for (const { success } of added) expect(success).toBe(true)
    const account = name === 'register' ? added[0]?.targetId : person.id
    expect(added.map(({ targetId }) => targetId)).toEqual(added.map(() => account))
  })
})

it('a feature declares every event type that mutations use', () => {
  const known = features.flatMap(({ auditEvents = {} }) => Object.keys(auditEvents))
  expect(new Set(known).size).toBe(known.length)
  expect(known).toEqual(
    expect.arrayContaining(mutationNames.flatMap((name) => auditEventOf(name) ?? [])),
  )
})
