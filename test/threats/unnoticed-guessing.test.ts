// Refused guesses without a trace hide an attack. The audit log records evaluated guesses, but most guesses of an
// attack are refused earlier (OWASP Logging Cheat Sheet; ASVS 16.3.1). A trace for each would let attackers fill the
// log and the table. The log therefore gets one line with a count per budget and hour, and the audit log one event per
// account and hour.
import { randomBytes } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import type { TestApp } from '../support/app/app.js'
import { goodPassword as password, newEmail } from '../support/app/client.js'
import { createTestDatabase } from '../support/database/database.js'
import {
  failLogins,
  guessPassword,
  newIp,
  registerFromIp,
  startRateLimitedApp,
  tryLogin,
} from '../support/app/rate-limits.js'
import { requestPasswordReset } from '../support/mail/mailed-links.js'
import { findAuditEvents } from '../support/database/track-changes.js'

const app = await startRateLimitedApp()
afterAll(app.close)

interface LogLine {
  msg: string
  mutation: string | null
  per: string
  budget: string
  requestId: string
  more: number
}

const linesOf = ({ logLines }: TestApp, msg: string) =>
  logLines.map((line) => JSON.parse(line) as LogLine).filter((line) => line.msg === msg)

const recordRefusedGuesses = async ({ app: { services } }: TestApp) => {
  const job = services.jobs.find(({ name }) => name === 'record refused guesses')
  await job?.run(new AbortController().signal)
}

const findRefusalEvents = async (id: string | null) =>
  (await findAuditEvents(app, id)).filter(({ type }) => type === 'GUESSES_REFUSED')

/** Five guesses that are evaluated, and this many that are refused. */
async function guessTooOften(email: string, refused: number, ip?: string) {
  await failLogins(app, { email, ...(ip !== undefined && { ip }) }, 5)
  for (let i = 0; i < refused; i += 1) {
    expect(await guessPassword(app, { email, ...(ip !== undefined && { ip }) })).toBe(
      'RATE_LIMITED 1',
    )
  }
}

it('a flood of refused guesses makes one line at its start and one with its size', async () => {
  const { email } = await registerFromIp(app)
  const before = linesOf(app, 'an attempt was refused').length
  await guessTooOften(email, 30)
  const lines = linesOf(app, 'an attempt was refused').slice(before)
  expect(lines).toMatchObject([{ mutation: 'login', per: 'guesses', level: 'warn' }])
  expect(lines[0]?.budget).toMatch(/^[\w-]{43}$/)
  app.clock.advance('59m')
  await recordRefusedGuesses(app)
  expect(linesOf(app, 'more attempts were refused')).toEqual([])
  app.clock.advance('1m')
  await recordRefusedGuesses(app)
  const { budget } = lines[0] ?? {}
  expect(linesOf(app, 'more attempts were refused')).toMatchObject([
    { mutation: 'login', per: 'guesses', budget, more: 29 },
  ])
})

it('the line names the operation and the kind of budget, but no address', async () => {
  const email = newEmail()
  const ip = newIp()
  const before = app.logLines.length
  for (let i = 0; i < 21; i += 1) await tryLogin(app, { email: newEmail(), ip, password: '' })
  for (let i = 0; i < 6; i += 1)
    await requestPasswordReset(app, email, { headers: { 'x-forwarded-for': ip } })
  const lines = linesOf(app, 'an attempt was refused').slice(-2)
  expect(lines).toMatchObject([
    { mutation: 'login', per: 'network' },
    { mutation: 'requestPasswordReset', per: 'account' },
  ])
  expect(lines[0]?.budget).not.toBe(lines[1]?.budget)
  const request = app.logLines.find((line) => line.includes(`"requestId":"${lines[0]?.requestId}"`))
  expect(request).toBeTruthy()
  const text = app.logLines
    .slice(before)
    .filter((line) => line.includes('refused'))
    .join()
  expect(text).not.toContain(email)
  expect(text).not.toContain(ip)
})

it('the id of a budget depends on the secret: no other party can compute it', async () => {
  const AUTH_SECRET = randomBytes(32).toString('base64')
  const other = await startRateLimitedApp({ env: { AUTH_SECRET } })
  const email = newEmail()
  for (const server of [app, other]) {
    await failLogins(server, { email }, 5)
    await guessPassword(server, { email })
  }
  await other.close()
  const names = [app, other].map(
    (server) => linesOf(server, 'an attempt was refused').at(-1)?.budget,
  )
  expect(names[0]).toMatch(/^[\w-]{43}$/)
  expect(names[1]).not.toBe(names[0])
})

it('the account has one event per hour, with the origin of the first guess', async () => {
  const { email, id } = await registerFromIp(app)
  const ip = newIp()
  await guessTooOften(email, 1, ip)
  for (let i = 0; i < 3; i += 1) {
    expect(await guessPassword(app, { email })).toBe('RATE_LIMITED 1')
    await recordRefusedGuesses(app)
  }
  expect(await findRefusalEvents(id)).toMatchObject([
    { success: false, actorId: null, targetId: id, ipAddress: ip },
  ])
  app.clock.advance('1h')
  await failLogins(app, { email }, 1)
  expect(await guessPassword(app, { email })).toMatch(/^RATE_LIMITED/)
  await recordRefusedGuesses(app)
  expect(await findRefusalEvents(id)).toHaveLength(2)
})

it('all unknown addresses share one event per hour', async () => {
  await recordRefusedGuesses(app)
  const before = (await findRefusalEvents(null)).length
  app.clock.advance('1h')
  for (let i = 0; i < 3; i += 1) await guessTooOften(newEmail(), 2)
  await recordRefusedGuesses(app)
  expect(await findRefusalEvents(null)).toHaveLength(before + 1)
})

it('guesses refused by a network budget appear in the log alone, because they need no failure', async () => {
  const { email, id } = await registerFromIp(app)
  const ip = newIp()
  for (let i = 0; i < 22; i += 1) await tryLogin(app, { email: newEmail(), ip, password: '' })
  expect(await tryLogin(app, { email, ip })).toMatch(/^RATE_LIMITED/)
  await recordRefusedGuesses(app)
  expect(await findRefusalEvents(id)).toEqual([])
})

it('a guess that is answered, but not evaluated, leaves the same traces', async () => {
  const { email, id } = await registerFromIp(app)
  await failLogins(app, { email }, 1)
  await app.db.guessCount.updateMany({ data: { failures: 100 } })
  expect(await guessPassword(app, { email, password })).toBe('INVALID_CREDENTIALS')
  await recordRefusedGuesses(app)
  expect(linesOf(app, 'an attempt was refused').at(-1)).toMatchObject({ per: 'suspension' })
  expect(await findRefusalEvents(id)).toHaveLength(1)
})

it('a server that stops records its remaining counts', async () => {
  const { target, drop } = await createTestDatabase()
  afterAll(drop)
  const server = await startRateLimitedApp({ target })
  const { email, id } = await registerFromIp(server)
  await failLogins(server, { email }, 5)
  expect(await guessPassword(server, { email })).toBe('RATE_LIMITED 1')
  await server.close()
  const again = await startRateLimitedApp({ target })
  const where = { type: 'GUESSES_REFUSED', targetId: id } as const
  expect(await again.db.auditEvent.count({ where })).toBe(1)
  await again.close()
})
