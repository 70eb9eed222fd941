import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import pg from 'pg'

export interface Postgres {
  /** Connection URL of the administrator. */
  readonly url: string
  readonly version: string
  readonly stop: () => void
}

/** The server of BENCH_DATABASE_URL, or a temporary one for this run. */
export async function openPostgres(
  configuredUrl: string | undefined,
  folder: string,
): Promise<Postgres> {
  const { url, stop } = configuredUrl
    ? { url: configuredUrl, stop: () => undefined }
    : await startTemporaryServer(folder)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
  await client.end()
  return { url, stop, version: rows[0]?.server_version.split(' ')[0] ?? '?' }
}

async function startTemporaryServer(parent: string) {
  const binFolder = findBinaries()
  if (!binFolder) {
    throw new Error(
      'The bench needs PostgreSQL. Set BENCH_DATABASE_URL to a server on which it may create databases, or install one (Debian: apt install postgresql).',
    )
  }
  const folder = join(parent, 'postgres')
  mkdirSync(folder)
  const owner = findServerOwner()
  if (owner) {
    chownSync(parent, owner.uid, owner.gid)
    chownSync(folder, owner.uid, owner.gid)
  }
  const data = join(folder, 'data')
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(binFolder, program), args, { cwd: folder, stdio: 'ignore', ...owner })
  run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8')
  const port = 20_000 + (process.pid % 20_000)
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c max_connections=300 -c shared_buffers=512MB`
  run('pg_ctl', '-D', data, '-l', join(folder, 'log'), '-w', '-o', settings, 'start')
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    stop: () => {
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop')
    },
  }
}

function findBinaries() {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : []
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ]
  return folders.find((folder) => existsSync(join(folder, 'initdb')))
}

/** PostgreSQL refuses to run as root. */
function findServerOwner() {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres']).stdout.toString())
  return { uid: id('-u'), gid: id('-g') }
}
