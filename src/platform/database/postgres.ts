import pg from 'pg'
import { StartupError } from '../errors.js'
import type { Log } from './log.js'
import { migrate, assertMigrated, type Connection } from './migrate.js'

export interface PostgresTarget {
  kind: 'postgres'
  /** A connection string of node-postgres: postgresql://user:password@host:5432/database?... */
  url: string
  /** The most connections that this process opens. */
  poolSize: number
}

const MIN_SERVER_VERSION = 15

/**
 * Applies the migrations that are missing in the database at `url`. Errors say what to mend and never contain the
 * URL, whose password would end up in the log.
 */
export const migratePostgres = (url: string, log: Log): Promise<void> =>
  withClient(url, [], async (connection) => {
    await migrate(connection, log)
  })

/** A pool of connections on which the server itself refuses every write. Throws unless every migration is applied. */
export async function openPostgresReadOnly(target: PostgresTarget, log: Log): Promise<pg.Pool> {
  await withClient(target.url, readOnlySettings, (connection) => assertMigrated(connection))
  return createPool(target, log, readOnlySettings)
}

const readOnlySettings = ['default_transaction_read_only=on']

async function withClient(
  url: string,
  settings: readonly string[],
  work: (connection: Connection) => Promise<void>,
) {
  // A migration may take longer than any query of the server may.
  const client = createClient(url, settings)
  try {
    await client.connect()
    await refuseOldServer(client)
    await work({ query: (sql, parameters) => client.query(sql, parameters) })
  } catch (error) {
    const location = `${client.host}:${client.port}/${client.database ?? ''}`
    throw new StartupError(`PostgreSQL at ${location}: ${reasonOf(error)}`, { cause: error })
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Migrates the database behind `target` and returns a pool of connections to it. */
export async function openPostgres(target: PostgresTarget, log: Log): Promise<pg.Pool> {
  await migratePostgres(target.url, log)
  return createPool(target, log)
}

// Longer than the 10 s that a transaction may take: these end what was forgotten.
const timeoutSettings = ['statement_timeout=15s', 'idle_in_transaction_session_timeout=15s']

function createPool(target: PostgresTarget, log: Log, required: readonly string[] = []) {
  const pool = new pg.Pool({
    ...connectionConfig(target.url, timeoutSettings, required),
    max: target.poolSize,
    // The server ends what is slow; this ends waiting for a server that has gone silent.
    query_timeout: 20_000,
    // Statements of a transaction that do not wait for each other's answers are sent together.
    pipeline: true,
  })
  // Without a listener, a restart of the server would end the process: node-postgres emits the loss
  // of an idle connection as 'error'. The next query opens a new one.
  pool.on('error', (error) => {
    // Its text alone: node-postgres hangs the whole client on this error.
    log.warn({ reason: error.message }, 'an idle database connection was lost')
  })
  return pool
}

function connectionConfig(
  url: string,
  defaults: readonly string[],
  required: readonly string[],
): pg.ClientConfig {
  const settings = (names: readonly string[]) => names.map((name) => `-c ${name}`).join(' ')
  // What stands in the URL wins in node-postgres, so its own `options` are kept by merging. A later
  // setting wins: the defaults may be overridden, but Prisma writes timestamps without an offset,
  // which a session in New York would shift by hours, and names the tables as public.*. Every statement is written for
  // READ COMMITTED: under a stricter default, one of many refreshes that race would fail all of them.
  const [baseUrl, query] = splitOnce(url, '?')
  const parameters = new URLSearchParams(query)
  const urlOptions = parameters.get('options') ?? ''
  const forcedOptions = settings([
    ...['search_path=public', 'timezone=UTC'],
    'default_transaction_isolation=read\\ committed',
    ...required,
  ])
  parameters.set('options', `${settings(defaults)} ${urlOptions} ${forcedOptions}`.trim())
  return {
    connectionString: `${baseUrl}?${parameters.toString()}`,
    fallback_application_name: 'latchkey',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  }
}

function createClient(url: string, required: readonly string[]): pg.Client {
  refuseAmbiguousUrl(url)
  try {
    const client = new pg.Client(connectionConfig(url, [], required))
    // The query that waits fails with the same error; unheard, this one would end the process.
    client.on('error', () => undefined)
    return client
  } catch {
    // Not as `cause`: the error of the URL parser shows the URL.
    throw new StartupError(
      'DATABASE_URL is not of the form postgresql://user:password@host:5432/database',
    )
  }
}

// postgresql://me:12/34@host/db parses, as database "34@host/db" at host "me": the error about it
// would show the password.
function refuseAmbiguousUrl(url: string) {
  const [, rest] = splitOnce(url, '://')
  const end = rest.search(/[/?#]/)
  if (end >= 0 && !rest.slice(0, end).includes('@') && rest.slice(end).includes('@')) {
    throw new StartupError(
      'DATABASE_URL is ambiguous: in its user, password and parameters write %2F for /, ' +
        '%3F for ?, %23 for # and %40 for @',
    )
  }
}

async function refuseOldServer(client: pg.Client) {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
  const version = rows[0]?.server_version ?? ''
  if (Number.parseInt(version) >= MIN_SERVER_VERSION) return
  throw new Error(`this is version ${version}, and Latchkey needs ${MIN_SERVER_VERSION} or newer`)
}

function reasonOf(error: unknown): string {
  // A host with several addresses fails with one error for each, and none of its own.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)]
}
