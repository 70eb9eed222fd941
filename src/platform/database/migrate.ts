import { randomUUID } from 'node:crypto'
import type { Log } from './log.js'
import { type Migration, readMigrations } from './package-files.js'

/**
 * One connection, not a pool: a transaction spans several calls. Without `parameters` the text uses the simple
 * protocol, which accepts several statements at once.
 */
export interface Connection {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
}

// The lock key of `prisma migrate`, so that its commands and this runner never work at the same time.
const MIGRATION_LOCK = 72707369

// The table of `prisma migrate`, so that its commands see which migrations this runner applied.
const HISTORY_TABLE = `CREATE TABLE _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`

interface HistoryRow {
  name: string
  checksum: string
  finished: boolean
}

/**
 * Applies the missing migrations in `folder` (default: the package's own) and returns their names. Any number of
 * processes may call it at once: one applies, the others wait and find nothing to do.
 *
 * Each migration runs in one transaction together with its history row. It is applied completely or not at all, even
 * after kill -9. A migration therefore may not contain statements that PostgreSQL refuses inside a transaction, such
 * as CREATE INDEX CONCURRENTLY.
 *
 * Throws when a migration fails (it is rolled back, and the next start tries again), when another tool left one
 * unfinished, and when the database is newer than this code.
 */
export async function migrate(
  connection: Connection,
  log: Log,
  folder?: string,
): Promise<string[]> {
  const known = readMigrations(folder)
  const applied: string[] = []
  for (;;) {
    const name = await applyNext(connection, known, log)
    if (name === undefined) return applied
    log.info({ migration: name }, 'migration applied')
    applied.push(name)
  }
}

/** Throws unless the database has every migration, and changes nothing. The message says what to do. */
export async function assertMigrated(connection: Connection, folder?: string): Promise<void> {
  const known = readMigrations(folder)
  const history = (await hasHistory(connection)) ? await readHistory(connection) : []
  refuseUnfinished(history)
  refuseUnknown(history, known)
  const missing = known.filter(({ name }) => !history.some((row) => row.name === name))
  if (missing.length === 0) return
  const state = history.length === 0 ? 'it has no Latchkey tables' : 'it has an older version'
  throw new Error(
    `${state}: ${missing.length} of ${known.length} migrations are missing. Run \`latchkey migrate\`, or start the server once`,
  )
}

async function applyNext(connection: Connection, known: Migration[], log: Log) {
  // Explicit, because the database may have other defaults. Under REPEATABLE READ the history would be read as it was
  // before the wait for the lock.
  await connection.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE')
  try {
    await acquireMigrationLock(connection, log)
    if (!(await hasHistory(connection))) await connection.query(HISTORY_TABLE)
    const history = await readHistory(connection)
    refuseUnfinished(history)
    refuseUnknown(history, known)
    const next = known.find(({ name }) => !history.some((row) => row.name === name))
    if (next === undefined) warnAboutEdits(history, known, log)
    else await applyMigration(connection, next)
    await connection.query('COMMIT')
    return next?.name
  } catch (error) {
    // The connection itself may have failed; the first error is the one to report.
    await connection.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function acquireMigrationLock(connection: Connection, log: Log) {
  await connection.query("SET LOCAL lock_timeout = '2min'")
  // A transaction-level lock, unlike a session-level one, also works behind PgBouncer.
  const { rows } = await connection.query(
    `SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}) AS mine`,
  )
  if (rows[0]?.['mine'] === true) return
  log.info('another process is migrating the database: waiting for it')
  await connection.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`)
}

async function hasHistory(connection: Connection) {
  // Not CREATE TABLE IF NOT EXISTS: it needs the CREATE privilege even when the table exists, and a role that only
  // runs the server may lack it.
  const { rows: found } = await connection.query(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists",
  )
  return found[0]?.['exists'] === true
}

async function readHistory(connection: Connection): Promise<HistoryRow[]> {
  const { rows } = await connection.query(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  )
  return rows as unknown as HistoryRow[]
}

async function applyMigration(connection: Connection, { name, sql, checksum }: Migration) {
  try {
    await connection.query(sql)
  } catch (cause) {
    throw new Error(
      `migration ${name} failed and was rolled back: ${(cause as Error).message}. ` +
        'Fix the cause; the next start tries it again',
      { cause },
    )
  }
  await connection.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  )
}

function refuseUnfinished(history: HistoryRow[]) {
  const unfinished = history.find((row) => !row.finished)
  if (unfinished === undefined) return
  throw new Error(
    `migration ${unfinished.name} was started by another tool and not finished. Undo its changes, ` +
      'then run this statement, and the next start applies it again: ' +
      'UPDATE _prisma_migrations SET rolled_back_at = now() ' +
      `WHERE migration_name = '${unfinished.name}' AND finished_at IS NULL`,
  )
}

function refuseUnknown(history: HistoryRow[], known: Migration[]) {
  const unknown = history.filter((row) => !known.some(({ name }) => name === row.name))
  if (unknown.length === 0) return
  throw new Error(
    `the database has migrations that this version of Latchkey does not know ` +
      `(${unknown.map((row) => row.name).join(', ')}): it was used by a newer version ` +
      'or belongs to another program. Start that version, or restore the backup from before ' +
      'the upgrade',
  )
}

function warnAboutEdits(history: HistoryRow[], known: Migration[], log: Log) {
  for (const { name, checksum } of known) {
    if (history.some((row) => row.name === name && row.checksum !== checksum)) {
      log.warn({ migration: name }, 'migration was edited after it was applied here')
    }
  }
}
