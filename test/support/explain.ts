import type pg from 'pg'
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
export async function explain(client: pg.Client, { text, values }: SeenQuery): Promise<Plan> {
  await client.query('BEGIN')
  try {
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: RawNode }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values,
    )
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
