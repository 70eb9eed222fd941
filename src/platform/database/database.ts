import { resolve } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { type Prisma, PrismaClient } from '../../generated/prisma/client.js'
import { copyFolder, refuseMissing } from './embedded/copy-folder.js'
import { lockFolder } from './embedded/folder-lock.js'
import { pgliteConnection } from './embedded/pglite-connection.js'
import { PGliteStreams } from './embedded/pglite-stream.js'
import { writing } from '../deadline.js'
import { StartupError } from '../errors.js'
import {
  createBatches,
  createWriteBatches,
  type CreateBatch,
  type CreateWriteBatch,
} from './batch.js'
import { createHotPath, type HotPath, type HotStatements } from './hot-statements.js'
import type { Log } from './log.js'
import { migrate, refuseUnmigrated, type Connection } from './migrate.js'
import { openPostgres, openPostgresToRead, type PostgresTarget } from './postgres.js'
import { loadQueryCompiler } from './query-compiler.js'

export type Db = PrismaClient
export type Tx = Prisma.TransactionClient

export type DatabaseTarget =
  | LastingTarget
  /** The same in an engine that somebody else opened and will close, for tests. One database at a time. */
  | { kind: 'engine'; engine: PGlite }

/** A database that other processes can open. */
export type LastingTarget =
  /**
   * PostgreSQL inside this process, in `${dataDir}/pg`, which no other process may use meanwhile.
   */
  { kind: 'embedded'; dataDir: string } | PostgresTarget

/** How hot statements are sent; for comparison, and for poolers. */
interface DatabaseOptions {
  readonly statements: HotStatements
  readonly batching: boolean
}

const fastest: DatabaseOptions = { statements: 'prepared', batching: true }

export interface Database extends HotPath {
  db: Db
  batch: CreateBatch
  batchWrites: CreateWriteBatch
  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. It may
   * take 10 s and may wait 15 s to begin. Inside, use `tx` alone: the embedded database has a
   * single session, on which `db` would wait for the very transaction that waits for it. Throws ServiceBusy, with
   * nothing done, when the deadline of the request passed before it began.
   */
  transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  /** Throws when the database does not answer. */
  ping: () => Promise<void>
  /** Refuses new work and waits for what is running. Calling it again does nothing. */
  close: () => Promise<void>
}

/**
 * Opens the database and applies its migrations. Throws with a message that is fit for the
 * operator.
 */
export async function openDatabase(
  target: DatabaseTarget,
  log: Log,
  options = fastest,
): Promise<Database> {
  switch (target.kind) {
    case 'postgres':
      return over({ pool: await openPostgres(target, log) }, options)
    case 'engine':
      return over(await embed(target.engine, log, () => Promise.resolve(), migrating(log)), options)
    case 'embedded':
      return over(await openFolder(resolve(target.dataDir), log), options)
  }
}

/**
 * Opens a database that exists and has every migration, and changes nothing: neither rows nor files. Throws with a message
 * that is fit for the operator.
 */
export async function openDatabaseToRead(target: LastingTarget, log: Log): Promise<Database> {
  const opened =
    target.kind === 'postgres'
      ? { pool: await openPostgresToRead(target, log) }
      : await openCopy(target.dataDir, log)
  return over(opened, fastest)
}

/** Throws where there is no database, or one of another version. Makes and changes nothing. */
export async function refuseMissingDatabase(target: LastingTarget, log: Log): Promise<void> {
  if (target.kind === 'embedded') refuseMissing(target.dataDir)
  else await (await openPostgresToRead(target, log)).end()
}

async function openCopy(dataDir: string, log: Log): Promise<Opened> {
  const copy = await copyFolder(dataDir, log)
  let engine: PGlite | undefined
  const release = async () => {
    await engine?.close()
    copy.remove()
  }
  try {
    const { openPGliteToRead } = await import('./embedded/open-pglite.js')
    engine = await openPGliteToRead(copy.folder)
    return await embed(engine, log, release, refuseUnmigrated)
  } catch (error) {
    await release()
    throw explained(error, dataDir)
  }
}

function explained(error: unknown, dataDir: string) {
  if (error instanceof StartupError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new StartupError(`The embedded database in ${dataDir}: ${reason}`, { cause: error })
}

const migrating = (log: Log) => async (connection: Connection) => {
  await migrate(connection, log)
}

async function openFolder(dataDir: string, log: Log): Promise<Opened> {
  const lock = await lockFolder(dataDir, {
    log,
    onLost: (error) => {
      // Two writers destroy a data folder, so not even the time of an orderly shutdown is left.
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
    const { openPGliteInFolder } = await import('./embedded/open-pglite.js') // for those who have no PostgreSQL
    engine = await openPGliteInFolder(dataDir)
    return await embed(engine, log, release, migrating(log))
  } catch (error) {
    await release()
    throw explained(error, dataDir)
  }
}

async function embed(
  engine: PGlite,
  log: Log,
  release: () => Promise<void>,
  prepare: (connection: Connection) => Promise<void>,
): Promise<Opened> {
  await prepare(pgliteConnection(engine))
  const streams = new PGliteStreams(engine)
  const pool = new pg.Pool({
    max: 1,
    idleTimeoutMillis: 0,
    pipeline: true,
    stream: () => streams.open(),
    user: 'postgres',
    database: 'postgres',
    // Else PGSSLMODE in the environment would ask PGlite for TLS.
    ssl: false,
  })
  pool.on('error', (error) => {
    log.error({ err: error }, 'the connection to the embedded database was lost')
  })
  const closeBelow = async () => {
    // The pool ends before its streams have closed.
    await streams.idle()
    await release()
  }
  return { pool, closeBelow }
}

interface Opened {
  readonly pool: pg.Pool
  readonly closeBelow?: () => Promise<void>
}

// Two connections take turns: while the answer to one is read, the other works.
const batchesAtOnce = 2

async function over({ pool, closeBelow }: Opened, options: DatabaseOptions): Promise<Database> {
  const db = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: 15_000, timeout: 10_000 },
  })
  await loadQueryCompiler(db)
  let closing: Promise<void> | undefined
  async function close() {
    // In this order: the pool waits for the transactions that Prisma would abort.
    await pool.end()
    await db.$disconnect()
    await closeBelow?.()
  }
  const hotPath = createHotPath(options.statements, pool, db)
  const atOnce = Math.min(batchesAtOnce, pool.options.max)
  const batch = createBatches({ ...options, atOnce })
  return {
    db,
    ...hotPath,
    batch,
    batchWrites: createWriteBatches(batch, hotPath.askConnected),
    transaction: (work) => {
      const startWriting = writing()
      return db.$transaction((tx) => {
        startWriting()
        return work(tx)
      })
    },
    ping: async () => {
      await pool.query('SELECT 1')
    },
    close: () => (closing ??= close()),
  }
}
