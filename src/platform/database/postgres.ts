import pg from 'pg'
import { StartupError } from '../errors.js'
import type { Log } from './log.js'
import { migrate, assertMigrated, type Connection } from './migrate.js'

export interface PostgresTarget {
  kind: 'postgres'
  /** A connection string of node-postgres: postgresql://user:password@host:5432/database?... */
  url: string
  /** The maximum number of connections that this process opens. */
  poolSize: number
}

const MIN_SERVER_VERSION = 15

/**
 * Applies the missing migrations to the database at `url`. Errors say what to fix and never contain the URL, because
 * its password would be logged.
 */
export const migratePostgres = (url: string, log: Log): Promise<void> =>
  withClient(url, [], async (connection) => {
    await migrate(connection, log)
  })

/** A pool whose connections refuse every write in PostgreSQL itself. Throws unless every migration is applied. */
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
  // No statement timeout: a migration may take longer than any query of the server.
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

/** Migrates the database of `target` and returns a pool of connections to it. */
export async function openPostgres(target: PostgresTarget, log: Log): Promise<pg.Pool> {
  await migratePostgres(target.url, log)
  return createPool(target, log)
}

// Longer than the 10 s that a transaction may take: these timeouts end forgotten transactions.
const timeoutSettings = ['statement_timeout=15s', 'idle_in_transaction_session_timeout=15s']

function createPool(target: PostgresTarget, log: Log, required: readonly string[] = []) {
  const pool = new pg.Pool({
    ...connectionConfig(target.url, timeoutSettings, required),
    max: target.poolSize,
    // `statement_timeout` ends slow statements; this ends the wait for a server that stopped answering.
    query_timeout: 20_000,
    // Pipelines the statements of a transaction that do not wait for each other's answers.
    pipeline: true,
  })
  // node-postgres emits the loss of an idle connection as 'error'. Without a listener, a restart of PostgreSQL would
  // end the process. The next query opens a new connection.
  pool.on('error', (error) => {
    // Only the message: node-postgres attaches the whole client to this error.
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
  // In node-postgres the URL overrides these fields, so its own `options` are merged. A later setting wins: the URL
  // may override the defaults, but not the required settings. Prisma writes timestamps without an offset, which a
  // session in New York would shift by hours, and names the tables as public.*. Every statement is written for READ
  // COMMITTED: under a stricter default, racing refreshes of one token would fail.
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
    // The waiting query fails with the same error. Without a listener, this one would end the process.
    client.on('error', () => undefined)
    return client
  } catch {
    // Not as `cause`: the error of the URL parser contains the URL.
    throw new StartupError(
      'DATABASE_URL must have the form postgresql://user:password@host:5432/database',
    )
  }
}

// postgresql://me:12/34@host/db parses as database "34@host/db" at host "me". The error message would show the
// password.
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
  throw new Error(
    `version ${version} is too old. Upgrade to version ${MIN_SERVER_VERSION} or newer`,
  )
}

function reasonOf(error: unknown): string {
  // A host with several addresses fails with one error per address and has no message of its own.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)]
}
