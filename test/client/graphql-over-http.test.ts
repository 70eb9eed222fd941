// Any client that speaks GraphQL over HTTP must be able to talk to the server. The audits come from the reference
// implementation of the specification.
import { serverAudits } from 'graphql-http'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'

const app = await startApp()
afterAll(app.close)

// These audits expect 200 for a document that cannot be executed when the client accepts application/json. The 2026
// draft requires 4xx for every media type, as do Apollo Server and its clients.
const outdatedAudits = new Map([
  ['572B', 'SHOULD use 200 status code on document parsing failure'],
  ['FDE2', 'SHOULD use 200 status code on document validation failure'],
  ['7B9B', 'SHOULD use a status code of 200 on variable coercion failure'],
])

const audits = serverAudits({ url: `${app.url}/graphql` })

describe('GraphQL over HTTP', () => {
  it('every audit of the reference implementation runs', () => {
    expect(audits.length).toBeGreaterThan(60)
    expect(audits.filter(({ id }) => outdatedAudits.has(id))).toHaveLength(outdatedAudits.size)
  })

  it.each(
    audits.filter(({ id }) => !outdatedAudits.has(id)).map(({ id, name, fn }) => [name, id, fn]),
  )('%s (%s)', async (_, __, audit) => {
    const result = await audit()
    // A notice concerns rules that servers MAY follow.
    expect(['ok', 'notice'], 'reason' in result ? result.reason : '').toContain(result.status)
  })

  it.each([...outdatedAudits])(
    '%s: answers 400 where the audit expects 200 (%s)',
    async (id, name) => {
      const audit = audits.find((one) => one.id === id)
      expect(audit?.name).toContain(name)
      const result = await audit?.fn()
      if (result?.status !== 'warn') throw new Error(`not a warning: ${String(result?.status)}`)
      expect(result.reason).toContain('200')
      expect(result.response.status).toBe(400)
    },
  )
})
