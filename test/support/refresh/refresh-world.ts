// A browser, a thief and three replicas on one database. It enters at the operation that refreshes a session, because HTTP
// would take most of the time: the SQL, the rules and the tokens are the real ones. Time is virtual.
import 'reflect-metadata'
import { randomBytes, randomUUID } from 'node:crypto'
import { createAudit } from '../../../src/features/audit/index.js'
import {
  createRefreshSession,
  createRefreshTokenCodec,
  createSessions,
} from '../../../src/features/sessions/index.js'
import type { SystemClock } from '../../../src/platform/clock.js'
import { createKeyring } from '../../../src/platform/crypto/keyring.js'
import { createBatches, createWriteBatches } from '../../../src/platform/database/batch.js'
import { openDatabase, type Database } from '../../../src/platform/database/database.js'
import type { Ask } from '../../../src/platform/database/hot-statements.js'
import { isPlain } from '../app/plain.js'
import { createTestDatabase, silentLog } from '../database/database.js'

const day = 86_400_000
const request = {
  ip: '127.0.0.1',
  network: '127.0.0.1',
  site: null,
  userAgent: null,
  id: 'history',
}

export interface Answer {
  readonly kind: string
  readonly refreshToken?: string
}

interface Replica {
  readonly refresh: (token: string, attempt: string | null, graceMs: number) => Promise<Answer>
}

/** What all histories have in common: the database and the services on it. */
export async function openRefreshWorld() {
  const test = await createTestDatabase()
  const statements = isPlain ? 'prisma' : 'prepared'
  const database = await openDatabase(test.target, silentLog, { statements, batching: true })
  const codec = createRefreshTokenCodec(createKeyring([randomBytes(32)], 'refresh'), randomBytes)
  let offsetMs = 0

  /** Wrong by so much, on a database that is right. */
  const clockWrongBy = (errorMs: number): SystemClock => ({
    now: () => new Date(Date.now() + offsetMs + errorMs),
    get databaseOffsetMs() {
      return offsetMs
    },
    monotonicMs: () => performance.now() + offsetMs,
  })

  const optionsFor = (grace: number) => ({
    idleLifetime: 14 * day,
    maxAge: 90 * day,
    grace,
    maxPerUser: 0,
    limitPolicy: 'evict' as const,
  })

  function createReplica(errorMs: number) {
    const clock = clockWrongBy(errorMs)
    const connection = createConnection(database, () => offsetMs)
    const needs = {
      database: { ...database, ...connection.database },
      clock,
      codec,
      audit: createAudit({ db: database.db, clock }),
    }
    const refreshers = new Map<number, ReturnType<typeof createRefreshSession>>()
    return {
      connection,
      refresh(token: string, attempt: string | null, graceMs: number): Promise<Answer> {
        const refresh = refreshers.get(graceMs) ?? createRefreshSession(optionsFor(graceMs), needs)
        refreshers.set(graceMs, refresh)
        return refresh(token, attempt, request)
      },
    }
  }

  const now = new Date()
  const user = { id: randomUUID(), email: 'a@example.com', createdAt: now, updatedAt: now }
  await database.db.user.create({ data: user })
  const clock = clockWrongBy(0)
  const audit = createAudit({ db: database.db, clock })
  const needs = { database, clock, random: randomBytes, codec, audit }
  const sessions = createSessions(optionsFor(0), needs)

  const replicas = [0, 5 * 60_000, -5 * 60_000].map(createReplica)

  return {
    connections: replicas.map(({ connection }) => connection),
    /** Resolves when nothing runs in the database and no answer is on its way. */
    async quiet() {
      const isBusy = () => replicas.some(({ connection }) => connection.isBusy())
      for (let idleTurns = 0; idleTurns < 5; idleTurns += 1) {
        await new Promise(setImmediate)
        if (isBusy()) idleTurns = 0
      }
    },
    refresh(index: number, ...input: Parameters<Replica['refresh']>) {
      const replica = replicas[index]
      if (!replica) throw new Error('no such replica')
      return replica.refresh(...input)
    },
    nowMs: () => performance.now() + offsetMs,
    advance: (ms: number) => void (offsetMs += ms),
    generationOf: (token: string) => codec.decode(token)?.generation ?? 0,
    /** A new session: its first refresh token. */
    async signIn(): Promise<string> {
      const start = { userId: user.id, deviceName: null, authenticationMethods: [] }
      const prepared = sessions.prepare(start, [], request)
      if (!prepared) throw new Error('no session')
      await database.hotTransaction((tx) => sessions.start(tx, prepared, request))
      return prepared.refreshToken
    },
    async liveGenerations(token: string) {
      const sessionId = codec.decode(token)?.sessionId ?? ''
      const rows = await database.db.refreshToken.findMany({ where: { sessionId } })
      return rows.map(({ generation }) => generation)
    },
    async close() {
      await database.close()
      await test.drop()
    },
  }
}

/** A replica's way to the database, which can go silent: what is asked then waits, and runs when it is back. */
function createConnection(real: Database, offsetMs: () => number) {
  let running = 0
  let passing = 0
  let silence: { until: Promise<void>; end: () => void } | null = null

  async function arrival() {
    if (silence && (passing -= 1) < 0) await silence.until
  }
  async function run<T>(work: () => Promise<T>) {
    running += 1
    return work().finally(() => (running -= 1))
  }
  const ask: Ask = async (statement, values) => {
    const sentMs = offsetMs()
    await arrival()
    // The database reads its clock when the statement runs.
    const valuesNow = values.map((value) => (value === sentMs ? offsetMs() : value))
    return run(() => real.ask<never>(statement, valuesNow))
  }
  const batch = createBatches({ batching: true, atOnce: 2 })
  const batchWrites = createWriteBatches(batch, async (work) => {
    await arrival()
    return run(() => real.askConnected(work))
  })
  const transaction: Database['transaction'] = (work) => run(() => real.transaction(work))

  const connection = {
    /** When it is back. */
    untilMs: Infinity,
    isStalled: () => silence !== null,
    isBusy: () => running > 0,
    database: { ask, batchWrites, transaction },
    /** From now on, once so many statements have passed. */
    stall(untilMs: number, statements: number) {
      if (silence) return
      let end: () => void = () => undefined
      silence = { until: new Promise<void>((resolve) => (end = resolve)), end }
      connection.untilMs = untilMs
      passing = statements
    },
    resume() {
      silence?.end()
      silence = null
      connection.untilMs = Infinity
    },
  }
  return connection
}
