import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { registerPerson } from '../../support/app/client.js'
import { FrozenClock } from '../../support/app/rate-limits.js'
import { smtpError } from '../../support/mail/mailbox.js'
import {
  createRefusal,
  findEmailJobs,
  runJob,
  startRelay,
  type ConnectionMode,
} from '../../support/processes/smtp-relay.js'

const relay = await startRelay()
const app = await startApp({
  env: {
    // The shortest timeout that is practical for a test.
    SMTP_URL: `${relay.url}/?greetingTimeout=1000`,
    MAIL_FROM: 'no-reply@example.org',
    METRICS_PORT: '9464',
  },
  clock: new FrozenClock(),
})
const { registry } = app.app.services.metrics
afterAll(async () => {
  await app.close()
  await relay.close()
})
beforeEach(() => app.deliver())
afterEach(async () => {
  await relay.reset()
  app.clock.advance('1h')
  await app.deliver()
})

const countLogLines = (text: string) => app.logLines.filter((line) => line.includes(text)).length
const relayDownMessage = 'the mail relay cannot be used'
const relayUpMessage = 'the mail relay can be used again'

async function readMetricByResult(name: string): Promise<Record<string, number>> {
  const metric = await registry?.getSingleMetric(name)?.get()
  return Object.fromEntries(
    metric?.values.map(({ labels, value }) => [labels['result'] ?? '', value]) ?? [],
  )
}

describe('a reply of the relay to one e-mail concerns only that e-mail', () => {
  it.each([
    ['rcpt', 450, 'mailbox busy', 'WAITING'],
    ['rcpt', 503, 'bad sequence', 'WAITING'],
    ['rcpt', 550, 'no such user', 'DEAD'],
    ['data', 451, 'greylisted', 'WAITING'],
    ['data', 554, 'looks like spam', 'DEAD'],
  ] as const)('at %s: %d %s, and it is %s', async (stage, code, text, status) => {
    const [one, next] = [await registerPerson(app), await registerPerson(app)]
    relay.setRefusal(createRefusal(one.email, stage, code, text))
    const lines = countLogLines(relayDownMessage)
    await app.deliver()
    const [row] = await findEmailJobs(app, one.email)
    expect(row).toMatchObject({ status, attempts: 1 })
    expect(row?.lastError).toContain(`${code}`)
    expect(row?.lastError).toContain(text)
    const delayMs = (row?.dueAt.getTime() ?? 0) - app.clock.now().getTime()
    if (status === 'WAITING') expect(delayMs).toBe(15_000)
    expect(await findEmailJobs(app, next.email)).toMatchObject([{ status: 'SENT' }])
    expect(countLogLines(relayDownMessage)).toBe(lines)
  })
})

describe('while the relay is not available, e-mails wait and no e-mail becomes a dead letter', () => {
  it.each<[string, { answers?: [number, string]; mode?: ConnectionMode }]>([
    ['it says 451 at MAIL FROM', { answers: [451, 'try later'] }],
    ['it says 550 at MAIL FROM', { answers: [550, 'sender not allowed'] }],
    ['it refuses the connection', { mode: 'closed' }],
    ['it never answers', { mode: 'silent' }],
    ['it closes the connection during an e-mail', { mode: 'breaking' }],
  ])('%s', async (_, { answers: [code, text] = [0, ''], mode = 'open' }) => {
    const people = [await registerPerson(app), await registerPerson(app)]
    const lines = [countLogLines(relayDownMessage), countLogLines(relayUpMessage)] as const
    if (code > 0) relay.setRefusal((stage) => (stage === 'mail' ? smtpError(code, text) : null))
    await relay.setMode(mode)
    await app.deliver()
    await app.deliver()
    for (const { email } of people) {
      const [row] = await findEmailJobs(app, email)
      expect(row).toMatchObject({ status: 'WAITING', attempts: 1 })
      expect(row?.lastError).toContain(text)
      expect(row?.lastError).not.toBe('')
    }
    expect([countLogLines(relayDownMessage), countLogLines(relayUpMessage)]).toEqual([
      lines[0] + 1,
      lines[1],
    ])

    await relay.reset()
    app.clock.advance('16s')
    await app.deliver()
    for (const { email } of people) {
      expect(await findEmailJobs(app, email)).toMatchObject([{ status: 'SENT', attempts: 2 }])
    }
    expect([countLogLines(relayDownMessage), countLogLines(relayUpMessage)]).toEqual([
      lines[0] + 1,
      lines[1] + 1,
    ])
  })

  it('one e-mail tests the relay every five seconds, and the others keep their tries', async () => {
    const people = await Promise.all(Array.from({ length: 9 }, () => registerPerson(app)))
    const recipient = { in: people.map(({ email }) => email) }
    const tries = async () => {
      const rows = await app.db.outboxMessage.findMany({ where: { recipient } })
      return rows.map(({ attempts }) => attempts).sort()
    }
    await relay.setMode('closed')
    await app.deliver()
    expect(await tries()).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1]) // a whole batch failed
    app.clock.advance('4s')
    await app.deliver()
    expect(await tries()).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1])
    for (const left of [3, 2]) {
      app.clock.advance('6s')
      await app.deliver()
      expect((await tries()).filter((n) => n === 0)).toHaveLength(left)
    }
    await runJob(app, 'count messages')
    expect(await readMetricByResult('latchkey_mail_waiting')).toEqual({ '': 9 })

    await relay.reset()
    app.clock.advance('16s')
    await app.deliver()
    expect(await app.db.outboxMessage.count({ where: { recipient, status: 'SENT' } })).toBe(9)
  })
})

// Whether the relay answers this on a new or on a reused connection.
it.each(['mail', 'rcpt', 'data'] as const)(
  'a relay that shuts down with 421 at %s gets the refused e-mail after it is back',
  async (stage) => {
    const people = [await registerPerson(app), await registerPerson(app)]
    relay.setRefusal((currentStage) =>
      currentStage === stage ? smtpError(421, 'shutting down') : null,
    )
    await app.deliver()
    for (const { email } of people) {
      expect(await findEmailJobs(app, email)).toMatchObject([{ status: 'WAITING', attempts: 1 }])
    }
    await relay.reset()
    app.clock.advance('16s')
    await app.deliver()
    for (const { email } of people) {
      expect(await findEmailJobs(app, email)).toMatchObject([{ status: 'SENT', attempts: 2 }])
    }
  },
)

it('the backoff grows from 15 seconds to 5 minutes, and after a day the e-mail is a dead letter', async () => {
  const { email } = await registerPerson(app)
  relay.setRefusal(createRefusal(email, 'rcpt', 450, 'mailbox busy'))
  const before = await readMetricByResult('latchkey_mail_total')
  const delaysMs: number[] = []
  for (let i = 0; i < 7; i += 1) {
    await app.deliver()
    const [row] = await findEmailJobs(app, email)
    const delayMs = (row?.dueAt.getTime() ?? 0) - app.clock.now().getTime()
    delaysMs.push(delayMs / 1000)
    app.clock.advance(`${delayMs}ms`)
  }
  expect(delaysMs).toEqual([15, 30, 60, 120, 240, 300, 300])

  app.clock.advance('23h')
  await app.deliver()
  expect(await findEmailJobs(app, email)).toMatchObject([{ status: 'WAITING', attempts: 8 }])
  app.clock.advance('35m')
  await app.deliver()
  const [row] = await findEmailJobs(app, email)
  expect(row).toMatchObject({ status: 'WAITING', attempts: 9 })
  app.clock.advance('5m')
  await app.deliver()
  const [dead] = await findEmailJobs(app, email)
  expect(dead).toMatchObject({
    status: 'DEAD',
    attempts: 10,
    lastError: expect.stringContaining('450') as string,
  })
  await runJob(app, 'count messages')
  const now = await readMetricByResult('latchkey_mail_total')
  const since = (result: string) => (now[result] ?? 0) - (before[result] ?? 0)
  expect([since('failed'), since('dead'), since('sent')]).toEqual([9, 1, 0])
})
