import { setImmediate as immediate } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPGliteInMemory } from '../../src/platform/database/embedded/open-pglite.js'
import { PGliteStreams } from '../../src/platform/database/embedded/pglite-stream.js'

let pglite: PGlite
let streams: PGliteStreams

beforeAll(async () => {
  pglite = await openPGliteInMemory()
  await pglite.exec('CREATE TABLE t (n INT)')
  streams = new PGliteStreams(pglite)
})

afterAll(async () => {
  await streams.allClosed()
  await pglite.close()
})

function newClient() {
  const stream = streams.open()
  const client = new pg.Client({ stream: () => stream, user: 'postgres', ssl: false })
  client.on('error', () => undefined)
  return { client, stream }
}

async function connect() {
  const connection = newClient()
  await connection.client.connect()
  return connection
}

async function count(client: pg.Client): Promise<unknown> {
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM t')
  return rows[0]?.n
}

it('admits a second connection only after the first has ended', async () => {
  const first = await connect()
  await first.client.query('BEGIN')
  const second = newClient()
  let connected = false
  const connecting = second.client.connect().then(() => (connected = true))
  for (let n = 0; n < 50; n += 1) {
    await first.client.query('INSERT INTO t VALUES ($1)', [n])
    // Without this line the second connection would get no turn of the event loop in which to interfere.
    await immediate()
  }
  expect(connected).toBe(false)
  await first.client.end()
  await connecting
  expect(await count(second.client)).toBe(0)
  await second.client.end()
})

it.each([
  ['ends in order', ({ client }: Connection) => client.end()],
  ['is cut off', async ({ stream }: Connection) => void stream.destroy()],
  ['is cut off by an error', async ({ stream }: Connection) => void stream.destroy(new Error('x'))],
])('leaves no transaction and no setting behind when a connection %s', async (_, end) => {
  const first = await connect()
  await first.client.query("SET work_mem = '3MB'")
  await first.client.query({ name: 'p', text: 'SELECT 1' })
  await first.client.query('BEGIN')
  await first.client.query('INSERT INTO t VALUES (1)')
  await end(first)
  const second = await connect()
  expect(await count(second.client)).toBe(0)
  const { rows } = await second.client.query("SELECT current_setting('work_mem') AS memory")
  expect(rows).not.toContainEqual({ memory: '3MB' })
  // The same name: the backend would refuse it if it still knew the first.
  await second.client.query({ name: 'p', text: 'SELECT 2' })
  await second.client.query('INSERT INTO t VALUES (2)')
  await second.client.query('DELETE FROM t')
  await second.client.end()
})

it('is usable after a connection was cut off in the middle of a failed pipeline', async () => {
  const first = await connect()
  // Parse, without the Sync that would end the error state.
  const body = Buffer.from('\0SELECT nonsense\0\0\0')
  const header = Buffer.from([0x50, 0, 0, 0, body.length + 4])
  first.stream.write(Buffer.concat([header, body]))
  first.stream.destroy()
  const second = await connect()
  expect(await count(second.client)).toBe(0)
  await second.client.end()
})

it('reassembles messages that arrive in pieces', async () => {
  const { client, stream } = await connect()
  const write = stream.write.bind(stream)
  stream.write = ((chunk: Buffer) => {
    for (const byte of chunk) write(Buffer.from([byte]))
    return true
  }) as typeof stream.write
  const { rows } = await client.query('SELECT $1::text AS text', ['in pieces'])
  expect(rows).toEqual([{ text: 'in pieces' }])
  stream.write = write
  await client.end()
})

type Connection = ReturnType<typeof newClient>
