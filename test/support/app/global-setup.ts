import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { buildSnapshot } from '../../../scripts/build-snapshot.js'
import { openPGliteInMemory } from '../../../src/platform/database/embedded/open-pglite.js'
import { migrate } from '../../../src/platform/database/migrate.js'
import { databaseUrl, silentLog } from '../database/database-url.js'
import { createSigningKeys } from './signing-keys.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated embedded database, or '' when the tests run on PostgreSQL. */
    snapshotFile: string
    /** A migrated database on TEST_DATABASE_URL to copy, or '' when the tests run embedded. */
    templateDatabase: string
    /** JSON: the signing keys of a service under the secret of the tests. */
    signingKeys: string
  }
}

/** Migrates once for the whole run. Each test file starts from a copy, which is much faster. */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env['TEST_DATABASE_URL']
  return server === undefined ? setupEmbedded(project) : setupPostgres(project, server)
}

async function setupEmbedded(project: TestProject) {
  // Once for all projects of a run, because each project loads this file.
  const globals = globalThis as { latchkeyTestDatabase?: ReturnType<typeof prepareEmbedded> }
  const { folder, file, keys } = await (globals.latchkeyTestDatabase ??= prepareEmbedded())
  project.provide('signingKeys', keys)
  project.provide('snapshotFile', file)
  project.provide('templateDatabase', '')
  return async () => {
    rmSync(folder, { recursive: true, force: true })
    delete globals.latchkeyTestDatabase
  }
}

async function prepareEmbedded() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const file = join(folder, 'embedded-database.tar')
  const snapshot = gunzipSync(await buildSnapshot()) // once, not in each file
  writeFileSync(file, snapshot)
  const engine = await openPGliteInMemory(snapshot)
  const keys = await createSigningKeys({ kind: 'engine', engine })
  await engine.close()
  return { folder, file, keys }
}

async function setupPostgres(project: TestProject, server: string) {
  const template = `latchkey_test_${randomBytes(4).toString('hex')}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${template}`)
  const client = new pg.Client({ connectionString: databaseUrl(server, template) })
  await client.connect()
  await migrate({ query: (sql, parameters) => client.query(sql, parameters) }, silentLog)
  await client.end()
  project.provide('snapshotFile', '')
  project.provide('templateDatabase', template)
  const keysDatabase = `${template}_keys`
  await admin.query(`CREATE DATABASE ${keysDatabase} TEMPLATE ${template}`)
  const target = { kind: 'postgres', url: databaseUrl(server, keysDatabase), poolSize: 2 } as const
  project.provide('signingKeys', await createSigningKeys(target))
  return async () => {
    // Includes the copies of test files that were killed before they could drop them.
    const { rows } = await admin.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [template],
    )
    for (const { datname } of rows) await admin.query(`DROP DATABASE ${datname} WITH (FORCE)`)
    await admin.end()
  }
}
