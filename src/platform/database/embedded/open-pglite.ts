import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { embeddedSnapshotFile } from '../package-files.js'

const settings = [
  'timezone=UTC',
  // The defaults suit a dedicated server. These values save some 100 MB when the database opens.
  'shared_buffers=8MB',
  'wal_buffers=1MB',
  'max_connections=5',
  // There is no background checkpointer. Only the size of the WAL bounds its disk space and the recovery time after a
  // crash, and the default is 1 GB.
  'min_wal_size=32MB',
  'max_wal_size=64MB',
]

const startParams = [
  ...PGlite.defaultStartParams,
  ...settings.flatMap((setting) => ['-c', setting]),
]

/**
 * A database in memory, empty or restored from `snapshot`. For scripts/build-snapshot.ts and the tests.
 *
 * @internal
 */
export function openPGliteInMemory(snapshot?: Uint8Array): Promise<PGlite> {
  return PGlite.create({ startParams, ...snapshotOptions(snapshot) })
}

/**
 * Opens the database in `${dataDir}/pg` and creates it on the first start. The caller holds the lock of `dataDir`:
 * PGlite has no lock, and of two processes the last to close overwrites the other's rows.
 */
export async function openPGliteInFolder(dataDir: string): Promise<PGlite> {
  const folder = join(dataDir, 'pg')
  if (!existsSync(join(folder, 'PG_VERSION'))) await createDatabaseFolder(dataDir, folder)
  return PGlite.create({ dataDir: folder, startParams })
}

/**
 * A database on which every transaction is read-only. PostgreSQL still writes into the folder, so it must be a copy.
 */
export const openPGliteReadOnly = (folder: string): Promise<PGlite> =>
  PGlite.create({
    dataDir: folder,
    startParams: [...startParams, '-c', 'default_transaction_read_only=on'],
  })

// Created under another name and renamed when complete. A process killed half-way would otherwise leave a folder that
// looks like a database and does not open.
async function createDatabaseFolder(dataDir: string, folder: string) {
  const unfinished = join(dataDir, 'pg.unfinished')
  rmSync(unfinished, { recursive: true, force: true })
  // The engine creates world-writable files. Mode 0700 keeps other users out, even in an existing DATA_DIR that is
  // open to all.
  mkdirSync(unfinished, { mode: 0o700 })
  const pglite = await PGlite.create({
    dataDir: unfinished,
    startParams,
    ...snapshotOptions(readBuildSnapshot()),
  })
  await pglite.close()
  renameSync(unfinished, folder)
}

// Unpacking a snapshot takes a third of the time and memory of initdb, which needs 800 MB for a moment.
function readBuildSnapshot(): Uint8Array | undefined {
  const file = embeddedSnapshotFile()
  return existsSync(file) ? readFileSync(file) : undefined
}

/** A tar or a gzipped tar. Unpacks it here, because PGlite takes 200 ms more for that. */
function snapshotOptions(snapshot: Uint8Array | undefined): PGliteOptions {
  if (snapshot === undefined) return {}
  const tar = isGzip(snapshot) ? gunzipSync(snapshot) : snapshot
  return { loadDataDir: new Blob([new Uint8Array(tar)], { type: 'application/x-tar' }) }
}

const isGzip = ([first, second]: Uint8Array) => first === 0x1f && second === 0x8b // RFC 1952 §2.3.1
