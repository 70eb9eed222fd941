import pg from 'pg'

export type Databases = ReturnType<typeof createDatabases>

/** Databases of our own on that server, gone when the bench is over. */
export function createDatabases(server: string) {
  const made: string[] = []

  async function administer(statement: (database: string) => string, database: string) {
    await withClient(server, (raw) => raw.query(statement(raw.escapeIdentifier(database))))
  }

  return {
    async make(name: string) {
      const database = `latchkey_bench_${process.pid}_${name.replaceAll('-', '_')}`
      await administer((id) => `CREATE DATABASE ${id}`, database)
      made.push(database)
      const url = new URL(server)
      url.pathname = `/${database}`
      return url.href
    },

    async dropAll() {
      for (const database of made.splice(0)) {
        await administer((id) => `DROP DATABASE ${id} WITH (FORCE)`, database)
      }
    },
  }
}

export async function withClient<T>(url: string, work: (raw: pg.Client) => Promise<T>): Promise<T> {
  const raw = new pg.Client({ connectionString: url })
  await raw.connect()
  try {
    return await work(raw)
  } finally {
    await raw.end()
  }
}
