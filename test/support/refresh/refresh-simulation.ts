// A browser, a thief and three replicas on one database. The simulation calls the refresh operation directly, because
// HTTP would take most of the time. The SQL, the rules and the tokens are the real ones. Time is virtual.
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
import type { QueryFn } from '../../../src/platform/database/hot-statements.js'
import { optimizationsOff } from '../app/optimizations-off.js'
import { createTestDatabase, silentLog } from '../database/database.js'

const dayMs = 86_400_000
const request = {
  ip: '127.0.0.1',
  network: '127.0.0.1',
  site: null,
  userAgent: null,
  id: 'history',
}

export interface RefreshAnswer {
  readonly kind: string
  readonly refreshToken?: string
}

interface Replica {
  readonly refresh: (
    token: string,
    attempt: string | null,
    graceMs: number,
  ) => Promise<RefreshAnswer>
}

/** The shared parts of all histories: the database and the services on it. */
export async function startRefreshSimulation() {
  const testDatabase = await createTestDatabase()
  const statements = optimizationsOff ? 'prisma' : 'prepared'
  const database = await openDatabase(testDatabase.target, silentLog, {
    statements,
    batching: true,
  })
  const codec = createRefreshTokenCodec(createKeyring([randomBytes(32)], 'refresh'), randomBytes)
  let offsetMs = 0

  /** A skewed clock, on a database whose clock is right. */
  const createSkewedClock = (skewMs: number): SystemClock => ({
    now: () => new Date(Date.now() + offsetMs + skewMs),
    get databaseOffsetMs() {
      return offsetMs
    },
    monotonicMs: () => performance.now() + offsetMs,
  })

  const optionsFor = (graceMs: number) => ({
    idleLifetimeMs: 14 * dayMs,
    maxAgeMs: 90 * dayMs,
    graceMs,
    maxPerUser: 0,
    limitPolicy: 'evict' as const,
  })

  function createReplica(skewMs: number) {
    const clock = createSkewedClock(skewMs)
    const connection = createConnection(database, () => offsetMs)
    const deps = {
      database: { ...database, ...connection.database },
      clock,
      codec,
      audit: createAudit({ db: database.db, clock }),
    }
    const refreshByGraceMs = new Map<number, ReturnType<typeof createRefreshSession>>()
    return {
      connection,
      refresh(token: string, attempt: string | null, graceMs: number): Promise<RefreshAnswer> {
        const refresh =
          refreshByGraceMs.get(graceMs) ?? createRefreshSession(optionsFor(graceMs), deps)
        refreshByGraceMs.set(graceMs, refresh)
        return refresh(token, attempt, request)
      },
    }
  }

  const now = new Date()
  const user = { id: randomUUID(), email: 'a@example.com', createdAt: now, updatedAt: now }
  await database.db.user.create({ data: user })
  const clock = createSkewedClock(0)
  const audit = createAudit({ db: database.db, clock })
  const deps = { database, clock, random: randomBytes, codec, audit }
  const sessions = createSessions(optionsFor(0), deps)

  const replicas = [0, 5 * 60_000, -5 * 60_000].map(createReplica)

  return {
    connections: replicas.map(({ connection }) => connection),
    /** Resolves when no statement runs and no answer is in flight. */
    async waitUntilIdle() {
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
    /** Starts a new session and returns its first refresh token. */
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
      await testDatabase.drop()
    },
  }
}

/** A replica's connection to the database, which can stall. Statements then wait, and run when it recovers. */
function createConnection(database: Database, offsetMs: () => number) {
  let running = 0
  let passingStatements = 0
  let outage: { until: Promise<void>; end: () => void } | null = null

  async function waitWhileSilent() {
    if (outage && (passingStatements -= 1) < 0) await outage.until
  }
  async function run<T>(work: () => Promise<T>) {
    running += 1
    return work().finally(() => (running -= 1))
  }
  const query: QueryFn = async (statement, values) => {
    const sentMs = offsetMs()
    await waitWhileSilent()
    // The database reads its clock when the statement runs.
    const shiftedValues = values.map((value) => (value === sentMs ? offsetMs() : value))
    return run(() => database.query<never>(statement, shiftedValues))
  }
  const batch = createBatches({ batching: true, maxConcurrent: 2 })
  const batchWrites = createWriteBatches(batch, async (work) => {
    await waitWhileSilent()
    return run(() => database.withConnection(work))
  })
  const transaction: Database['transaction'] = (work) => run(() => database.transaction(work))

  const connection = {
    /** The end of the stall. */
    untilMs: Infinity,
    isStalled: () => outage !== null,
    isBusy: () => running > 0,
    database: { ask: query, batchWrites, transaction },
    /** Stalls after this many statements from now on. */
    stall(untilMs: number, statements: number) {
      if (outage) return
      let end: () => void = () => undefined
      outage = { until: new Promise<void>((resolve) => (end = resolve)), end }
      connection.untilMs = untilMs
      passingStatements = statements
    },
    resume() {
      outage?.end()
      outage = null
      connection.untilMs = Infinity
    },
  }
  return connection
}
