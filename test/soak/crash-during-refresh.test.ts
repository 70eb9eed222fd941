// The process dies between the rotation of a refresh token and the response, so the client still has the old token. A
// server that had lost the rotation would treat the user as a thief, or would accept two live tokens (ASVS 2.3.3). One
// statement rotates, and within the grace interval the old token gets the same successor again. A user who was signed
// in before kill -9 is therefore signed in after it, with one token.
import { expect, it } from 'vitest'
import { startApp, testSecret } from '../support/app/app.js'
import { killChild } from '../support/processes/child.js'
import {
  getAuthError,
  newEmail,
  refresh,
  registerPerson,
  signIn,
  getAuthPayload,
  type Person,
} from '../support/app/client.js'
import { createPersistentDatabase } from '../support/database/persistent-database.js'
import {
  databaseSettings,
  startServerProcess,
  type ServerProcess,
} from '../support/processes/server-process.js'

const rounds = 5
const settings = { AUTH_SECRET: testSecret, REFRESH_GRACE: '2m', LOG_LEVEL: 'warn' }

/** A client that stores its latest token and every earlier one. */
class Client {
  readonly receivedTokens: string[]
  readonly refusals: string[] = []

  constructor({ refreshToken }: Person) {
    this.receivedTokens = [refreshToken]
  }

  get last() {
    return this.receivedTokens.at(-1) ?? ''
  }

  /** False without a response. */
  async refresh(server: ServerProcess): Promise<boolean> {
    const result = await refresh(server, this.last).catch(() => null)
    if (!result) return false
    if (result.__typename === 'AuthPayload') this.receivedTokens.push(result.refreshToken ?? '')
    else this.refusals.push(result.code)
    return true
  }
}

async function runUntilDeath(work: () => Promise<boolean>) {
  while (await work());
}

it('kill -9 during many concurrent refreshes signs no user out', { timeout: 240_000 }, async () => {
  const target = await createPersistentDatabase()
  const env = { ...settings, ...databaseSettings(target) }
  const emails: string[] = []
  let clients: Client[] = []

  for (let round = 0; round < rounds; round += 1) {
    const server = await startServerProcess(env)
    try {
      if (round === 0) {
        const person = await registerPerson(server)
        const sessions = await Promise.all(Array.from({ length: 7 }, () => signIn(server, person)))
        clients = [person, ...sessions].map((session) => new Client(session))
      }
      // Every client returns with the last token that it received, even if a successor exists.
      for (const client of clients) expect(await client.refresh(server)).toBe(true)
      expect(clients.flatMap(({ refusals }) => refusals)).toEqual([])

      const storm = [
        ...clients.map((client) => runUntilDeath(() => client.refresh(server))),
        runUntilDeath(async () => {
          const email = newEmail()
          const person = await registerPerson(server, email).catch(() => null)
          if (person) emails.push(email)
          return person !== null
        }),
      ]
      setTimeout(() => server.child.kill('SIGKILL'), 200 + Math.random() * 800)
      await Promise.all(storm)
    } finally {
      await killChild(server.child)
    }
  }

  const app = await startApp({ target, env: settings })
  try {
    expect(clients.flatMap(({ refusals }) => refusals)).toEqual([])
    for (const client of clients) {
      expect(client.receivedTokens.length).toBeGreaterThan(2 * rounds)
      // Two tabs that both lost the response get one successor.
      const answers = await Promise.all([client.last, client.last].map((one) => refresh(app, one)))
      const successors = new Set(answers.map((answer) => getAuthPayload(answer).refreshToken))
      expect(successors.size).toBe(1)
      client.receivedTokens.push(...[...successors].map(String))
    }
    expect(await app.db.session.count({ where: { endedAt: { not: null } } })).toBe(0)
    expect(await app.db.auditEvent.count({ where: { type: 'REFRESH_TOKEN_REUSED' } })).toBe(0)

    // A registration is complete or absent, and complete if it was acknowledged.
    const completeUser = {
      password: { isNot: null },
      sessions: { some: { refreshToken: { isNot: null } } },
    }
    const users = await app.db.user.count()
    expect(await app.db.user.count({ where: completeUser })).toBe(users)
    expect(await app.db.user.count({ where: { email: { in: emails } } })).toBe(emails.length)
    expect(await app.db.auditEvent.count({ where: { type: 'USER_REGISTERED' } })).toBe(users)

    // After the grace interval, one token of each session is live. Any older token ends the session as stolen.
    app.clock.advance('3m')
    for (const { receivedTokens, last } of clients) {
      getAuthPayload(await refresh(app, last))
      app.clock.advance('3m')
      const older = receivedTokens[Math.floor(Math.random() * (receivedTokens.length - 1))] ?? ''
      expect(getAuthError(await refresh(app, older)).code).toBe('REFRESH_TOKEN_REUSED')
    }
  } finally {
    await app.close()
  }
})
