// Refused guesses that leave no trace hide an attack: what is evaluated is in the audit log, and the rest, which is most of
// it, nowhere (OWASP Logging Cheat Sheet; ASVS 16.3.1). And a trace for each of them would hand every attacker a way to
// fill the log and the table. So: a line per budget and hour with a count, and an event per account and hour.
import { randomBytes } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import type { TestApp } from '../support/app/app.js'
import { goodPassword as password, newEmail } from '../support/app/client.js'
import { createTestDatabase } from '../support/database/database.js'
import { fail, guess, newPlace, ownerAt, startLimitedApp, tryLogin } from '../support/app/limits.js'
import { askForReset } from '../support/mail/mailed-links.js'
import { auditOf } from '../support/database/watch.js'

const app = await startLimitedApp()
afterAll(app.close)

interface Line {
  msg: string
  mutation: string | null
  per: string
  budget: string
  requestId: string
  more: number
}

const linesOf = ({ logLines }: TestApp, msg: string) =>
  logLines.map((line) => JSON.parse(line) as Line).filter((line) => line.msg === msg)

const record = async ({ app: { services } }: TestApp) => {
  const job = services.jobs.find(({ name }) => name === 'record refused guesses')
  await job?.run(new AbortController().signal)
}

const refusedAt = async (id: string | null) =>
  (await auditOf(app, id)).filter(({ type }) => type === 'GUESSES_REFUSED')

/** Five that are evaluated, and so many that are not. */
async function guessTooOften(email: string, refused: number, from?: string) {
  await fail(app, { email, ...(from !== undefined && { from }) }, 5)
  for (let i = 0; i < refused; i += 1) {
    expect(await guess(app, { email, ...(from !== undefined && { from }) })).toBe('RATE_LIMITED 1')
  }
}

it('a flood of refused guesses is one line at its start and one with its size', async () => {
  const { email } = await ownerAt(app)
  const before = linesOf(app, 'an attempt was refused').length
  await guessTooOften(email, 30)
  const lines = linesOf(app, 'an attempt was refused').slice(before)
  expect(lines).toMatchObject([{ mutation: 'login', per: 'guesses', level: 'warn' }])
  expect(lines[0]?.budget).toMatch(/^[\w-]{43}$/)
  app.clock.advance('59m')
  await record(app)
  expect(linesOf(app, 'more attempts were refused')).toEqual([])
  app.clock.advance('1m')
  await record(app)
  const { budget } = lines[0] ?? {}
  expect(linesOf(app, 'more attempts were refused')).toMatchObject([
    { mutation: 'login', per: 'guesses', budget, more: 29 },
  ])
})

it('the line names what was attempted and whose budget it was, and nobody’s address', async () => {
  const email = newEmail()
  const from = newPlace()
  const before = app.logLines.length
  for (let i = 0; i < 21; i += 1) await tryLogin(app, { email: newEmail(), from, password: '' })
  for (let i = 0; i < 6; i += 1)
    await askForReset(app, email, { headers: { 'x-forwarded-for': from } })
  const lines = linesOf(app, 'an attempt was refused').slice(-2)
  expect(lines).toMatchObject([
    { mutation: 'login', per: 'address' },
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
  expect(text).not.toContain(from)
})

it('the name of a budget is another one under another secret: nobody else can compute it', async () => {
  const AUTH_SECRET = randomBytes(32).toString('base64')
  const other = await startLimitedApp({ env: { AUTH_SECRET } })
  const email = newEmail()
  for (const server of [app, other]) {
    await fail(server, { email }, 5)
    await guess(server, { email })
  }
  await other.close()
  const names = [app, other].map(
    (server) => linesOf(server, 'an attempt was refused').at(-1)?.budget,
  )
  expect(names[0]).toMatch(/^[\w-]{43}$/)
  expect(names[1]).not.toBe(names[0])
})

it('the account has one event an hour, with the origin of the first', async () => {
  const { email, id } = await ownerAt(app)
  const from = newPlace()
  await guessTooOften(email, 1, from)
  for (let i = 0; i < 3; i += 1) {
    expect(await guess(app, { email })).toBe('RATE_LIMITED 1')
    await record(app)
  }
  expect(await refusedAt(id)).toMatchObject([
    { success: false, actorId: null, targetId: id, ipAddress: from },
  ])
  app.clock.advance('1h')
  await fail(app, { email }, 1)
  expect(await guess(app, { email })).toMatch(/^RATE_LIMITED/)
  await record(app)
  expect(await refusedAt(id)).toHaveLength(2)
})

it('all addresses that nobody has share one event an hour', async () => {
  await record(app)
  const before = (await refusedAt(null)).length
  app.clock.advance('1h')
  for (let i = 0; i < 3; i += 1) await guessTooOften(newEmail(), 2)
  await record(app)
  expect(await refusedAt(null)).toHaveLength(before + 1)
})

it('what a network budget refuses is in the log alone: it takes no failure to get there', async () => {
  const { email, id } = await ownerAt(app)
  const from = newPlace()
  for (let i = 0; i < 22; i += 1) await tryLogin(app, { email: newEmail(), from, password: '' })
  expect(await tryLogin(app, { email, from })).toMatch(/^RATE_LIMITED/)
  await record(app)
  expect(await refusedAt(id)).toEqual([])
})

it('a guess that is answered, but not evaluated, leaves the same traces', async () => {
  const { email, id } = await ownerAt(app)
  await fail(app, { email }, 1)
  await app.db.guessCount.updateMany({ data: { failures: 100 } })
  expect(await guess(app, { email, password })).toBe('INVALID_CREDENTIALS')
  await record(app)
  expect(linesOf(app, 'an attempt was refused').at(-1)).toMatchObject({ per: 'suspension' })
  expect(await refusedAt(id)).toHaveLength(1)
})

it('a server that stops records what it still knows', async () => {
  const { target, drop } = await createTestDatabase()
  afterAll(drop)
  const server = await startLimitedApp({ target })
  const { email, id } = await ownerAt(server)
  await fail(server, { email }, 5)
  expect(await guess(server, { email })).toBe('RATE_LIMITED 1')
  await server.close()
  const again = await startLimitedApp({ target })
  const where = { type: 'GUESSES_REFUSED', targetId: id } as const
  expect(await again.db.auditEvent.count({ where })).toBe(1)
  await again.close()
})
