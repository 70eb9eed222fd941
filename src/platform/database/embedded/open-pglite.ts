import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { embeddedSnapshotFile } from '../package-files.js'

const settings = [
  'timezone=UTC',
  // The defaults are for a server of its own: with these, opening takes some 100 MB less.
  'shared_buffers=8MB',
  'wal_buffers=1MB',
  'max_connections=5',
  // There is no background checkpointer: only the size of the log bounds the disk that it takes and
  // the time to recover after a crash, and the default is 1 GB.
  'min_wal_size=32MB',
  'max_wal_size=64MB',
]

const startParams = [
  ...PGlite.defaultStartParams,
  ...settings.flatMap((setting) => ['-c', setting]),
]

/**
 * A database in memory: what `snapshot` holds, or empty. For scripts/build-snapshot.ts and the tests.
 *
 * @internal
 */
export function openPGliteInMemory(snapshot?: Uint8Array): Promise<PGlite> {
  return PGlite.create({ startParams, ...snapshotOptions(snapshot) })
}

/**
 * The database in `${dataDir}/pg`, made on the first start. The caller holds the lock of `dataDir`:
 * PGlite itself has none, and of two processes the last to close overwrites the other's rows.
 */
export async function openPGliteInFolder(dataDir: string): Promise<PGlite> {
  const folder = join(dataDir, 'pg')
  if (!existsSync(join(folder, 'PG_VERSION'))) await createDatabaseFolder(dataDir, folder)
  return PGlite.create({ dataDir: folder, startParams })
}

/** A database on which every transaction is read-only. The folder is written to all the same: it is a copy. */
export const openPGliteReadOnly = (folder: string): Promise<PGlite> =>
  PGlite.create({
    dataDir: folder,
    startParams: [...startParams, '-c', 'default_transaction_read_only=on'],
  })

// Made under another name and renamed when complete: a process killed half-way would otherwise
// leave a folder that looks like a database and does not open.
async function createDatabaseFolder(dataDir: string, folder: string) {
  const unfinished = join(dataDir, 'pg.unfinished')
  rmSync(unfinished, { recursive: true, force: true })
  // The engine makes files that anybody may write: nobody else gets as far as them, even in a DATA_DIR
  // that was there before and is open to all.
  mkdirSync(unfinished, { mode: 0o700 })
  const pglite = await PGlite.create({
    dataDir: unfinished,
    startParams,
    ...snapshotOptions(readBuildSnapshot()),
  })
  await pglite.close()
  renameSync(unfinished, folder)
}

// Unpacking one takes a third of the time and of the memory of initdb, which needs 800 MB for a
// moment.
function readBuildSnapshot(): Uint8Array | undefined {
  const file = embeddedSnapshotFile()
  return existsSync(file) ? readFileSync(file) : undefined
}

/** A tar, or a gzipped one, which is unpacked here: in PGlite it takes 200 ms more. */
function snapshotOptions(snapshot: Uint8Array | undefined): PGliteOptions {
  if (snapshot === undefined) return {}
  const tar = isGzip(snapshot) ? gunzipSync(snapshot) : snapshot
  return { loadDataDir: new Blob([new Uint8Array(tar)], { type: 'application/x-tar' }) }
}

const isGzip = ([first, second]: Uint8Array) => first === 0x1f && second === 0x8b // RFC 1952 §2.3.1
