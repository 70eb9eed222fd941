import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp, testSecret } from '../support/app/app.js'
import { call, goodPassword } from '../support/app/client.js'
import { killChild, nextMessage, startChild } from '../support/processes/child.js'
import {
  createPersistentDatabase,
  createTemporaryFolder,
} from '../support/database/persistent-database.js'
import { startSilentServer } from '../support/mail/mailbox.js'
import {
  databaseSettings,
  freePort,
  startServerProcess,
} from '../support/processes/server-process.js'

const personCount = 500
const clientCount = 4
const batchSize = 5 // the maximum that a server has in flight

it(
  'every person who registers is sent one message, through outages of the relay and kills of the server',
  { timeout: 180_000 },
  async () => {
    const target = await createPersistentDatabase()
    const port = await freePort()
    const file = join(createTemporaryFolder(), 'taken')
    writeFileSync(file, '')
    const mail = {
      // The shortest timeout that the test can use.
      SMTP_URL: `smtp://127.0.0.1:${port}/?greetingTimeout=1000`,
      MAIL_FROM: 'no-reply@example.org',
      AUTH_SECRET: testSecret,
    }
    const startRelay = async () => {
      const child = startChild(new URL('./children/relay.ts', import.meta.url), String(port), file)
      await nextMessage(child)
      return child
    }
    const startServer = () => startServerProcess({ ...databaseSettings(target), ...mail })
    let relay = await startRelay()
    let server = await startServer()
    onTestFinished(async () => {
      await killChild(relay)
      await killChild(server.child)
    })

    const registered: string[] = []
    let next = 0
    let unanswered = 0
    let serverUp = Promise.resolve()
    const client = async () => {
      while (next < personCount) {
        const n = (next += 1)
        await serverUp
        const input = {
          email: `${n % 25 === 0 ? 'gone' : 'person'}${n}@example.com`,
          password: goodPassword,
        }
        const answer = await call(server, RegisterDocument, { input }).catch(() => null)
        if (answer?.data?.register?.__typename === 'AuthPayload') registered.push(input.email)
        else unanswered += 1
      }
    }
    const waitForProgress = (part: number) =>
      vi.waitUntil(() => next >= personCount * part, { timeout: 120_000, interval: 5 })
    const killServer = () => {
      serverUp = killChild(server.child).then(async () => {
        server = await startServer()
      })
      return serverUp
    }

    const clients = Array.from({ length: clientCount }, client)
    await waitForProgress(0.15)
    await killChild(relay)
    await waitForProgress(0.25)
    const silentServer = await startSilentServer(port)
    await waitForProgress(0.35)
    await killServer()
    await silentServer.close()
    relay = await startRelay()
    relay.send('refuse')
    await waitForProgress(0.6)
    relay.send('take')
    await waitForProgress(0.8)
    await killServer()
    await Promise.all(clients)
    await killChild(server.child)

    const app = await startApp({ target, env: mail })
    for (let i = 0; i < 20; i += 1) {
      app.clock.advance('6m') // past every lease and pause
      await app.deliver()
    }
    const users = await app.db.user.findMany({ select: { email: true } })
    const rows = await app.db.outboxMessage.findMany()
    await app.close()

    const taken = readFileSync(file, 'utf8').trim().split('\n')
    const copies = new Map<string, number>()
    for (const line of taken) copies.set(line, (copies.get(line) ?? 0) + 1)
    const sent = rows.filter(({ status }) => status === 'SENT')
    const dead = rows.filter(({ status }) => status === 'DEAD')
    const duplicateCount = taken.length - copies.size
    console.log({
      registered: registered.length,
      unanswered,
      users: users.length,
      sent: sent.length,
      dead: dead.length,
      taken: taken.length,
      again: duplicateCount,
      maxCopies: Math.max(...copies.values()),
      maxTries: Math.max(...rows.map(({ attempts }) => attempts)),
    })

    const emails = users.map(({ email }) => email).sort()
    expect(registered.filter((email) => !emails.includes(email))).toEqual([])
    expect(unanswered).toBeLessThanOrEqual(2 * clientCount)
    expect(rows.map(({ recipient }) => recipient).sort()).toEqual(emails) // one for each
    expect(sent.length + dead.length).toBe(rows.length)
    expect(dead.every(({ recipient }) => recipient.startsWith('gone'))).toBe(true)
    expect(dead.every(({ lastError }) => lastError?.includes('550') === true)).toBe(true)
    expect([...copies.keys()].sort()).toEqual(
      sent.map(({ id, recipient }) => `${id} ${recipient}`).sort(),
    )
    expect(duplicateCount).toBeLessThanOrEqual(3 * batchSize) // two kills of the server, one of the relay
  },
)
