import pg from 'pg'
import type { RecordedQuery } from './record-queries.js'

interface PlanNode {
  readonly type: string
  readonly rows: number
  /** Rows that were read but filtered out. */
  readonly removedRows: number
}

export interface Plan {
  readonly text: string
  readonly nodes: PlanNode[]
  /** Pages that were read. */
  readonly readBlocks: number
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

/** Runs a statement, rolls it back and returns its plan. */
export const explain = (client: pg.Client, { text, values }: RecordedQuery) =>
  withRollback(client, text, () => query(client, `${explainAnalyze} ${text}`, values))

/** The same with the generic plan, which a connection uses after five runs of a prepared statement. */
export const explainPrepared = (client: pg.Client, { text, values }: RecordedQuery) =>
  withRollback(client, text, async () => {
    await client.query('SET LOCAL plan_cache_mode = force_generic_plan')
    await client.query(`PREPARE one AS ${text}`)
    const result = await query(
      client,
      `${explainAnalyze} EXECUTE one (${values.map(toSqlLiteral).join()})`,
    )
    await client.query('DEALLOCATE one')
    return result
  })

const explainAnalyze = 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)'

const query = (client: pg.Client, text: string, values: unknown[] = []) =>
  client.query<{ 'QUERY PLAN': [{ Plan: RawNode }] }>(text, values)

function toSqlLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString())
  if (value instanceof Uint8Array) return `'\\x${Buffer.from(value).toString('hex')}'`
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map(String).join()}}`)
  return pg.escapeLiteral(typeof value === 'string' ? value : JSON.stringify(value))
}

async function withRollback(
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
      removedRows:
        (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0),
    }))
    return { text, nodes, readBlocks: root['Shared Hit Blocks'] + root['Shared Read Blocks'] }
  } finally {
    await client.query('ROLLBACK')
  }
}

const flatten = (node: RawNode): RawNode[] => [node, ...(node.Plans ?? []).flatMap(flatten)]
