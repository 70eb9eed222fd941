import type { PGlite } from '@electric-sql/pglite'
import type { Connection } from '../migrate.js'

/** Adapts PGlite to the connection that migrations run on, before any stream is open. */
export function pgliteConnection(pglite: PGlite): Connection {
  return {
    async query(sql, parameters) {
      if (parameters !== undefined) return pglite.query<Record<string, unknown>>(sql, parameters)
      const results = await pglite.exec(sql)
      return { rows: results.at(-1)?.rows ?? [] }
    },
  }
}
