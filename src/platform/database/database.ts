import { resolve } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { type Prisma, PrismaClient } from '../../generated/prisma/client.js'
import { copyFolder, assertFolderHasDatabase } from './embedded/copy-folder.js'
import { lockFolder } from './embedded/folder-lock.js'
import { pgliteConnection } from './embedded/pglite-connection.js'
import { PGliteStreams } from './embedded/pglite-stream.js'
import { createWriteGuard } from '../deadline.js'
import { StartupError } from '../errors.js'
import {
  createBatches,
  createWriteBatches,
  type CreateBatch,
  type CreateWriteBatch,
} from './batch.js'
import { createHotPath, type HotPath, type StatementMode } from './hot-statements.js'
import type { Log } from './log.js'
import { migrate, assertMigrated, type Connection } from './migrate.js'
import { openPostgres, openPostgresReadOnly, type PostgresTarget } from './postgres.js'
import { loadQueryCompiler } from './query-compiler.js'

export type Db = PrismaClient
export type Tx = Prisma.TransactionClient

export type DatabaseTarget =
  | PersistentTarget
  /** The embedded engine, opened and closed by the caller. For tests; one database at a time. */
  | { kind: 'engine'; engine: PGlite }

/** A database that other processes can open. */
export type PersistentTarget =
  /** PostgreSQL inside this process, in `${dataDir}/pg`. No other process may use the folder meanwhile. */
  { kind: 'embedded'; dataDir: string } | PostgresTarget

/** How hot statements are sent. Benchmarks and poolers need other values than the default. */
interface DatabaseOptions {
  readonly statements: StatementMode
  readonly batching: boolean
}

const defaultOptions: DatabaseOptions = { statements: 'prepared', batching: true }

export interface Database extends HotPath {
  db: Db
  batch: CreateBatch
  batchWrites: CreateWriteBatch
  /**
   * Runs `work` in one transaction: commits when it resolves, rolls back when it throws. It may take 10 s and may
   * wait 15 s to begin. Use only `tx` inside: the embedded database has a single session, so `db` would deadlock.
   * Throws ServiceBusy, with nothing done, when the request's deadline passed before the transaction began.
   */
  transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  /** Throws when the database does not answer. */
  ping: () => Promise<void>
  /** Refuses new work and waits for running work. Further calls do nothing. */
  close: () => Promise<void>
}

/** Opens the database and applies its migrations. Errors have a message for the operator. */
export async function openDatabase(
  target: DatabaseTarget,
  log: Log,
  options = defaultOptions,
): Promise<Database> {
  switch (target.kind) {
    case 'postgres':
      return createDatabase({ pool: await openPostgres(target, log) }, options)
    case 'engine':
      return createDatabase(
        await openEngine(target.engine, log, () => Promise.resolve(), createMigrator(log)),
        options,
      )
    case 'embedded':
      return createDatabase(await openFolder(resolve(target.dataDir), log), options)
  }
}

/**
 * Opens an existing, fully migrated database without changing rows or files. Errors have a message for the operator.
 */
export async function openDatabaseReadOnly(target: PersistentTarget, log: Log): Promise<Database> {
  const opened =
    target.kind === 'postgres'
      ? { pool: await openPostgresReadOnly(target, log) }
      : await openFolderCopy(target.dataDir, log)
  return createDatabase(opened, defaultOptions)
}

/** Throws when the database does not exist or has another version. Creates and changes nothing. */
export async function assertDatabaseExists(target: PersistentTarget, log: Log): Promise<void> {
  if (target.kind === 'embedded') assertFolderHasDatabase(target.dataDir)
  else await (await openPostgresReadOnly(target, log)).end()
}

async function openFolderCopy(dataDir: string, log: Log): Promise<OpenedPool> {
  const copy = await copyFolder(dataDir, log)
  let engine: PGlite | undefined
  const release = async () => {
    await engine?.close()
    copy.remove()
  }
  try {
    const { openPGliteReadOnly } = await import('./embedded/open-pglite.js')
    engine = await openPGliteReadOnly(copy.folder)
    return await openEngine(engine, log, release, assertMigrated)
  } catch (error) {
    await release()
    throw toStartupError(error, dataDir)
  }
}

function toStartupError(error: unknown, dataDir: string) {
  if (error instanceof StartupError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new StartupError(`The embedded database in ${dataDir}: ${reason}`, { cause: error })
}

const createMigrator = (log: Log) => async (connection: Connection) => {
  await migrate(connection, log)
}

async function openFolder(dataDir: string, log: Log): Promise<OpenedPool> {
  const lock = await lockFolder(dataDir, {
    log,
    onLost: (error) => {
      // Two writers corrupt a data folder, so there is no time for an orderly shutdown.
      log.error({ err: error }, 'stopping at once')
      process.exit(1)
    },
  })
  let engine: PGlite | undefined
  const release = async () => {
    await engine?.close()
    lock.release()
  }
  try {
    const { openPGliteInFolder } = await import('./embedded/open-pglite.js') // only loaded without PostgreSQL
    engine = await openPGliteInFolder(dataDir)
    return await openEngine(engine, log, release, createMigrator(log))
  } catch (error) {
    await release()
    throw toStartupError(error, dataDir)
  }
}

async function openEngine(
  engine: PGlite,
  log: Log,
  release: () => Promise<void>,
  prepare: (connection: Connection) => Promise<void>,
): Promise<OpenedPool> {
  await prepare(pgliteConnection(engine))
  const streams = new PGliteStreams(engine)
  const pool = new pg.Pool({
    max: 1,
    idleTimeoutMillis: 0,
    pipeline: true,
    stream: () => streams.open(),
    user: 'postgres',
    database: 'postgres',
    // Otherwise PGSSLMODE in the environment would make the driver ask PGlite for TLS.
    ssl: false,
  })
  pool.on('error', (error) => {
    log.error({ err: error }, 'the connection to the embedded database was lost')
  })
  const closeEngine = async () => {
    // The pool ends before its streams have closed.
    await streams.allClosed()
    await release()
  }
  return { pool, closeEngine }
}

interface OpenedPool {
  readonly pool: pg.Pool
  readonly closeEngine?: () => Promise<void>
}

// Two connections take turns: one statement runs while the process reads the answer to the other.
const concurrentBatches = 2

async function createDatabase(
  { pool, closeEngine }: OpenedPool,
  options: DatabaseOptions,
): Promise<Database> {
  const db = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: 15_000, timeout: 10_000 },
  })
  await loadQueryCompiler(db)
  let closing: Promise<void> | undefined
  async function close() {
    // In this order: the pool waits for the transactions, which Prisma would abort.
    await pool.end()
    await db.$disconnect()
    await closeEngine?.()
  }
  const hotPath = createHotPath(options.statements, pool, db)
  const maxConcurrent = Math.min(concurrentBatches, pool.options.max)
  const batch = createBatches({ ...options, maxConcurrent })
  return {
    db,
    ...hotPath,
    batch,
    batchWrites: createWriteBatches(batch, hotPath.withConnection),
    transaction: (work) => {
      const beginWrite = createWriteGuard()
      return db.$transaction((tx) => {
        beginWrite()
        return work(tx)
      })
    },
    ping: async () => {
      await pool.query('SELECT 1')
    },
    close: () => (closing ??= close()),
  }
}
