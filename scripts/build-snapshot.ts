// Builds a snapshot of the embedded database, so that the first start unpacks it instead of running initdb.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openPGliteInMemory } from '../src/platform/database/embedded/open-pglite.js'
import { pgliteConnection } from '../src/platform/database/embedded/pglite-connection.js'
import { migrate } from '../src/platform/database/migrate.js'
import { embeddedSnapshotFile } from '../src/platform/database/package-files.js'

/** A gzipped tar of the data folder of a fully migrated database. */
export async function buildSnapshot(): Promise<Uint8Array> {
  const pglite = await openPGliteInMemory()
  try {
    const log = { info: () => undefined, warn: console.warn, error: console.error }
    await migrate(pgliteConnection(pglite), log)
    const tar = await pglite.dumpDataDir('gzip')
    return new Uint8Array(await tar.arrayBuffer())
  } finally {
    await pglite.close()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = embeddedSnapshotFile()
  mkdirSync(dirname(file), { recursive: true })
  const snapshot = await buildSnapshot()
  writeFileSync(file, snapshot)
  console.log(`${relative('.', file)}: ${(snapshot.length / 2 ** 20).toFixed(1)} MB`)
}
