import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PGlite } from '@electric-sql/pglite'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'
import type { Migration } from '../src/platform/database/package-files.js'
import { pgliteAdapter } from './pglite-adapter.js'

export interface SchemaFile {
  path: string
  content: string
}

/**
 * The SQL that migrates from `migrations` to `schema`, or undefined when there is no difference. Runs the engine of
 * `prisma migrate` as WebAssembly on databases in memory, without a PostgreSQL server or a download. Throws when a
 * migration fails or the schema is invalid.
 */
export async function diffSchema(
  migrations: Pick<Migration, 'name' | 'sql'>[],
  schema: SchemaFile[],
): Promise<string | undefined> {
  const pglite = await PGlite.create()
  const adapter = async () => pgliteAdapter(pglite)
  const databases = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: 'pglite',
    // One database is enough: a diff does not use the main one and applies the migrations to the shadow.
    connect: adapter,
    connectToShadowDb: adapter,
  })
  try {
    await loadEngine()
    const datamodels = schema.map(({ path, content }): [string, string] => [path, content])
    const schemaEngine = await engine.SchemaEngine.new({ datamodels }, () => undefined, databases)
    const { exitCode, stdout } = await schemaEngine.diff({
      from: { tag: 'migrations', ...migrationsList(migrations) },
      to: { tag: 'schemaDatamodel', files: schema },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    })
    return exitCode === 0 ? undefined : (stdout ?? '')
  } finally {
    await pglite.close()
  }
}

function migrationsList(migrations: Pick<Migration, 'name' | 'sql'>[]): engine.MigrationList {
  return {
    baseDir: '/',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  }
}

// TypeScript declares this global only in its DOM library.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>
}

// The package is made for bundlers, which import .wasm files. Node.js does not, so this function loads the file.
async function loadEngine() {
  const bindings = '@prisma/schema-engine-wasm/schema_engine_bg'
  const file = createRequire(import.meta.url)
    .resolve(bindings)
    .replace(/\.js$/, '.wasm')
  const imports = { './schema_engine_bg.js': engine }
  const { instance } = await WebAssembly.instantiate(readFileSync(file), imports)
  engine.__wbg_set_wasm(instance.exports)
  // A crashing engine passes its message here; without the object it would throw a TypeError instead.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: console.error } })
  instance.exports.__wbindgen_start()
}
