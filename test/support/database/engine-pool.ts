import { readFileSync } from 'node:fs'
import type { PGlite } from '@electric-sql/pglite'
import { inject } from 'vitest'
import { openPGliteInMemory } from '../../../src/platform/database/embedded/open-pglite.js'

// Kept for the next test files of this worker: opening an engine takes longer than the rest of a service start.
const idleEngines: PGlite[] = []
const initialStructures = new WeakMap<PGlite, string>()

/** An embedded PostgreSQL with every migration and no rows, for one database at a time. */
export async function acquireEngine(): Promise<PGlite> {
  const idleEngine = idleEngines.pop()
  if (idleEngine) return idleEngine
  const engine = await openPGliteInMemory(readFileSync(inject('snapshotFile')))
  initialStructures.set(engine, await describeStructure(engine))
  return engine
}

/** Empties it for reuse. Closes it if a test changed more than rows. */
export async function releaseEngine(engine: PGlite) {
  if ((await describeStructure(engine)) !== initialStructures.get(engine)) return engine.close()
  const tables = await engine.query<{ name: string }>(
    "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%'",
  )
  await engine.exec(`TRUNCATE ${tables.rows.map(({ name }) => name).join(', ')}`)
  idleEngines.push(engine)
}

/** Everything besides rows that a test could leave behind. */
async function describeStructure(engine: PGlite) {
  const { rows } = await engine.query<{ structure: string }>(`
    SELECT concat_ws(' ',
      (SELECT json_agg(concat_ws(' ', relname, relkind) ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
      (SELECT json_agg(concat_ws(' ', attrelid::regclass, attname, atttypid, attnotnull) ORDER BY attrelid, attnum)
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE c.relnamespace = 'public'::regnamespace),
      (SELECT json_agg(concat_ws(' ', conname, pg_get_constraintdef(oid)) ORDER BY oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
      (SELECT json_agg(concat_ws(' ', tgname, tgenabled) ORDER BY oid) FROM pg_trigger WHERE NOT tgisinternal),
      (SELECT json_agg(concat_ws(' ', proname, prosrc) ORDER BY oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
      (SELECT json_agg(setconfig) FROM pg_db_role_setting)) AS structure`)
  return rows[0]?.structure ?? ''
}
