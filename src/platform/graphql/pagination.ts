import { isId } from '../crypto/ids.js'
import { PageInfo } from './page-info.types.js'
import { badUserInput } from './errors.js'

/** Where a list continues: the sort key of the last item, and its id, because two items may share a key. */
export interface Position {
  readonly time: Date
  readonly id: string
}

const maxPageSize = 100

export function checkFirst(first: number) {
  if (first < 1 || first > maxPageSize)
    throw badUserInput(`first must be from 1 to ${maxPageSize}.`)
  return first
}

const encodeCursor = ({ time, id }: Position) =>
  Buffer.from(`${time.getTime()} ${id}`).toString('base64url')

export function decodeCursor(cursor: string | null | undefined): Position | null {
  if (cursor === null || cursor === undefined) return null
  const [milliseconds = '', id] = Buffer.from(cursor, 'base64url').toString().split(' ')
  if (!/^\d{1,14}$/.test(milliseconds) || !isId(id))
    throw badUserInput('after is not a cursor. Pass the endCursor of the previous page.')
  return { time: new Date(Number(milliseconds)), id }
}

/** Cuts a page out of `first + 1` rows. The extra row shows that there is another page. */
export function cutPage<Row>(
  rows: readonly Row[],
  {
    first,
    after,
    position,
  }: { first: number; after: Position | null; position: (row: Row) => Position },
) {
  const items = rows.slice(0, first).map((row) => ({ row, cursor: encodeCursor(position(row)) }))
  const pageInfo = Object.assign(new PageInfo(), {
    hasNextPage: rows.length > first,
    hasPreviousPage: after !== null,
    startCursor: items[0]?.cursor ?? null,
    endCursor: items.at(-1)?.cursor ?? null,
  })
  return { items, pageInfo }
}
