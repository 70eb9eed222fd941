import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// src/platform/database and dist/platform/database are equally deep, so this is the package root from both.
const packageRoot = fileURLToPath(new URL('../../../', import.meta.url))

const migrationsFolder = join(packageRoot, 'prisma', 'migrations')

export interface Migration {
  name: string
  sql: string
  /** SHA-256 of the bytes of the file, as `prisma migrate` records it. */
  checksum: string
}

/** Reads the migrations in the order in which they apply. Throws when there are none: the package is incomplete. */
export function readMigrations(folder = migrationsFolder): Migration[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  if (names.length === 0) throw new Error(`there are no migrations in ${folder}`)
  return names.map((name) => {
    const bytes = readFileSync(join(folder, name, 'migration.sql'))
    const checksum = createHash('sha256').update(bytes).digest('hex')
    return { name, sql: bytes.toString('utf8'), checksum }
  })
}

/**
 * Path of the prebuilt embedded database. Its name contains everything that the content depends on. Only the PGlite
 * version that wrote a data folder can read it. A snapshot with other migrations would look like a database of
 * another Latchkey version.
 */
export function embeddedSnapshotFile(): string {
  const pglite = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const manifest = JSON.parse(
    readFileSync(join(dirname(pglite), '..', 'package.json'), 'utf8'),
  ) as { version: string }
  const migrations = createHash('sha256')
  for (const { name, checksum } of readMigrations()) migrations.update(`${name} ${checksum}\n`)
  const digest = migrations.digest('hex').slice(0, 8)
  return join(packageRoot, 'dist', `embedded-database-${manifest.version}-${digest}.tar.gz`)
}
