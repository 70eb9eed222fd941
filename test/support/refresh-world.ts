// A browser, a thief and three replicas on one database. It enters at the operation that refreshes a session, because HTTP
// would take most of the time: the SQL, the rules and the tokens are the real ones. Time is virtual.
import 'reflect-metadata'
import { randomBytes, randomUUID } from 'node:crypto'
import { createAudit } from '../../src/features/audit/index.js'
import {
  createRefreshSession,
  createRefreshTokenCodec,
  createSessions,
} from '../../src/features/sessions/index.js'
import type { SystemClock } from '../../src/platform/clock.js'
import { createKeyring } from '../../src/platform/crypto/keyring.js'
import { openDatabase } from '../../src/platform/database/database.js'
import type { Ask } from '../../src/platform/database/hot-statements.js'
import { createTestDatabase, silentLog } from './database.js'

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
  const statements = process.env['TEST_OPTIMIZATIONS'] === 'off' ? 'prisma' : 'prepared'
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
    const connection = createConnection(database.ask, () => offsetMs)
    const needs = {
      database: { ...database, ask: connection.ask },
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

/** A connection that goes silent: statements wait, and run when it is back. */
function createConnection(ask: Ask, offsetMs: () => number) {
  let passing = 0
  let silence: { until: Promise<void>; end: () => void } | null = null
  const connection = {
    /** When it is back. */
    untilMs: Infinity,
    isStalled: () => silence !== null,
    ask: (async (statement, values) => {
      const sentMs = offsetMs()
      if (silence && (passing -= 1) < 0) await silence.until
      // The database reads its clock when the statement runs.
      const isMoved = (value: unknown) => value === sentMs
      return ask<never>(
        statement,
        values.map((value) => (isMoved(value) ? offsetMs() : value)),
      )
    }) as Ask,
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
