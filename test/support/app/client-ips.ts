import { RegisterDocument } from '@latchkey/client/operations'
import type { TestApp } from './app.js'
import { call, goodPassword, newEmail, getAuthPayload } from './client.js'
import { outcomeOf, tally } from './rate-limits.js'

type Headers = Record<string, string>

/** A registration that hashes no password: only its source address matters. */
export const attemptRegistration = async (app: TestApp, headers: Headers) => {
  const input = { email: newEmail(), password: 'short' }
  return outcomeOf(await call(app, RegisterDocument, { input }, { headers }))
}

/** The outcomes of these registrations with a budget of twenty, each sent as often as it is listed. */
export async function attemptRegistrations(app: TestApp, all: readonly Headers[]) {
  const outcomes: string[] = []
  for (const headers of all) outcomes.push(await attemptRegistration(app, headers))
  return tally(outcomes)
}

export const numberedHeaders = (count: number, headers: (i: number) => Headers) =>
  Array.from({ length: count }, (_, i) => headers(i))

/** The address of a new session in its row, its audit event and its log entry. */
export async function recordedIps(app: TestApp, headers: Headers) {
  const linesBefore = app.logLines.length
  const input = { email: newEmail(), password: goodPassword }
  const answer = await call(app, RegisterDocument, { input }, { headers })
  const { session } = getAuthPayload(answer.data?.register)
  const { ipAddress } = await app.db.session.findUniqueOrThrow({ where: { id: session.id } })
  const event = await app.db.auditEvent.findFirstOrThrow({ where: { sessionId: session.id } })
  const lines = app.logLines.slice(linesBefore).map((line) => JSON.parse(line) as { ip?: string })
  const loggedIps = lines.map(({ ip }) => ip).filter((ip) => ip !== undefined)
  return [ipAddress, event.ipAddress, ...loggedIps]
}

export const expectedIps = (ip: string) => [ip, ip, ip]
