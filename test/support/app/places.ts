import { RegisterDocument } from '@latchkey/client/operations'
import type { TestApp } from './app.js'
import { call, goodPassword, newEmail, succeeded } from './client.js'
import { outcomeOf, tally } from './limits.js'

type Headers = Record<string, string>

/** A registration that no password is hashed for: only the address from which it comes counts. */
export const attempt = async (app: TestApp, headers: Headers) => {
  const input = { email: newEmail(), password: 'short' }
  return outcomeOf(await call(app, RegisterDocument, { input }, { headers }))
}

/** What a budget of twenty comes to when each of these is tried as often as it is named. */
export async function attempts(app: TestApp, all: readonly Headers[]) {
  const outcomes: string[] = []
  for (const headers of all) outcomes.push(await attempt(app, headers))
  return tally(outcomes)
}

export const numbered = (n: number, headers: (i: number) => Headers) =>
  Array.from({ length: n }, (_, i) => headers(i))

/** The address of a new session, as its row, its audit event and its line in the log have it. */
export async function recordedFor(app: TestApp, headers: Headers) {
  const logged = app.logLines.length
  const input = { email: newEmail(), password: goodPassword }
  const answer = await call(app, RegisterDocument, { input }, { headers })
  const { session } = succeeded(answer.data?.register)
  const { ipAddress } = await app.db.session.findUniqueOrThrow({ where: { id: session.id } })
  const event = await app.db.auditEvent.findFirstOrThrow({ where: { sessionId: session.id } })
  const lines = app.logLines.slice(logged).map((line) => JSON.parse(line) as { ip?: string })
  const told = lines.map(({ ip }) => ip).filter((ip) => ip !== undefined)
  return [ipAddress, event.ipAddress, ...told]
}

export const everywhere = (address: string) => [address, address, address]
