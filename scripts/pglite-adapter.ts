import type { PGlite } from '@electric-sql/pglite'
import {
  type ColumnType,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils'

// The types of the catalog columns that the schema engine reads, by OID (pg_type.dat). adapter-pg does not know 18,
// the one-byte "char" of the catalog, so it cannot be used here.
const columnTypes = new Map<number, ColumnType>([
  [16, ColumnTypeEnum.Boolean],
  [18, ColumnTypeEnum.Character],
  [19, ColumnTypeEnum.Text],
  [20, ColumnTypeEnum.Int64],
  [21, ColumnTypeEnum.Int32],
  [23, ColumnTypeEnum.Int32],
  [25, ColumnTypeEnum.Text],
  [26, ColumnTypeEnum.Int64],
  [1002, ColumnTypeEnum.CharacterArray],
  [1003, ColumnTypeEnum.TextArray],
  [1005, ColumnTypeEnum.Int32Array],
  [1007, ColumnTypeEnum.Int32Array],
  [1009, ColumnTypeEnum.TextArray],
  [1043, ColumnTypeEnum.Text],
  [1184, ColumnTypeEnum.DateTime],
])

/** The parts of a Prisma driver adapter that the schema engine needs to apply migrations and describe the result. */
export function pgliteAdapter(pglite: PGlite): SqlDriverAdapter {
  async function queryRaw({ sql, args }: SqlQuery): Promise<SqlResultSet> {
    const result = await wrapErrors(pglite.query<unknown[]>(sql, args, { rowMode: 'array' }))
    return {
      columnNames: result.fields.map(({ name }) => name),
      columnTypes: result.fields.map(({ name, dataTypeID }) => {
        const type = columnTypes.get(dataTypeID)
        if (type === undefined) throw new Error(`column ${name}: add type ${dataTypeID} to the map`)
        return type
      }),
      rows: result.rows,
    }
  }
  return {
    provider: 'postgres',
    adapterName: 'pglite',
    queryRaw,
    executeRaw: async ({ sql, args }) =>
      (await wrapErrors(pglite.query(sql, args))).affectedRows ?? 0,
    // In one call. adapter-pg splits at each semicolon, even inside a function body.
    executeScript: async (script) => {
      await wrapErrors(pglite.exec(script))
    },
    startTransaction: () => Promise.reject(new Error('the schema engine needs no transaction')),
    dispose: async () => undefined,
  }
}

// The engine shows only errors of this kind; it reports all others as a crash.
async function wrapErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const { message, code = 'N/A' } = error as Error & { code?: string }
    throw new DriverAdapterError({
      kind: 'postgres',
      severity: 'ERROR',
      code,
      message,
      detail: undefined,
      column: undefined,
      hint: undefined,
    })
  }
}
