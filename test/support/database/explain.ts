import pg from 'pg'
import type { SeenQuery } from './queries.js'

interface PlanNode {
  readonly type: string
  readonly rows: number
  /** Rows that were read and did not fit. */
  readonly removed: number
}

export interface Plan {
  readonly text: string
  readonly nodes: PlanNode[]
  /** Pages that were read. */
  readonly blocks: number
}

interface RawNode {
  readonly 'Node Type': string
  readonly 'Actual Rows': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly Plans?: RawNode[]
}

/** How PostgreSQL runs a statement: it is run, and undone. */
export const explain = (client: pg.Client, { text, values }: SeenQuery) =>
  inVain(client, text, () => query(client, `${measured} ${text}`, values))

/** The same with the plan for any values, which a connection keeps once it has run a prepared statement five times. */
export const explainPrepared = (client: pg.Client, { text, values }: SeenQuery) =>
  inVain(client, text, async () => {
    await client.query('SET LOCAL plan_cache_mode = force_generic_plan')
    await client.query(`PREPARE one AS ${text}`)
    const result = await query(client, `${measured} EXECUTE one (${values.map(literal).join()})`)
    await client.query('DEALLOCATE one')
    return result
  })

const measured = 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)'

const query = (client: pg.Client, text: string, values: unknown[] = []) =>
  client.query<{ 'QUERY PLAN': [{ Plan: RawNode }] }>(text, values)

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString())
  if (value instanceof Uint8Array) return `'\\x${Buffer.from(value).toString('hex')}'`
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map(String).join()}}`)
  return pg.escapeLiteral(typeof value === 'string' ? value : JSON.stringify(value))
}

async function inVain(
  client: pg.Client,
  text: string,
  work: () => ReturnType<typeof query>,
): Promise<Plan> {
  await client.query('BEGIN')
  try {
    const { rows } = await work()
    const root = rows[0]?.['QUERY PLAN'][0].Plan
    if (!root) throw new Error('no plan')
    const nodes = flatten(root).map((node) => ({
      type: node['Node Type'],
      rows: node['Actual Rows'],
      removed: (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0),
    }))
    return { text, nodes, blocks: root['Shared Hit Blocks'] + root['Shared Read Blocks'] }
  } finally {
    await client.query('ROLLBACK')
  }
}

const flatten = (node: RawNode): RawNode[] => [node, ...(node.Plans ?? []).flatMap(flatten)]
