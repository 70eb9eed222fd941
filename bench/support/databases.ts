import pg from 'pg'

export type Databases = ReturnType<typeof createDatabases>

/** Creates the bench's databases on that server. They are dropped when the bench ends. */
export function createDatabases(server: string) {
  const created: string[] = []

  async function administer(statement: (database: string) => string, database: string) {
    await withClient(server, (client) => client.query(statement(client.escapeIdentifier(database))))
  }

  return {
    async create(name: string) {
      const database = `latchkey_bench_${process.pid}_${name.replaceAll('-', '_')}`
      await administer((id) => `CREATE DATABASE ${id}`, database)
      created.push(database)
      const url = new URL(server)
      url.pathname = `/${database}`
      return url.href
    },

    async dropAll() {
      for (const database of created.splice(0)) {
        await administer((id) => `DROP DATABASE ${id} WITH (FORCE)`, database)
      }
    },
  }
}

export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
