import type pg from 'pg'
import type { Prisma, PrismaClient } from '../../generated/prisma/client.js'
import { throwIfRefused, createWriteGuard } from '../deadline.js'
import { ServiceBusy } from '../errors.js'

/** A statement that runs for almost every request. Its text is constant and contains $1, $2 … */
interface HotStatement {
  /** The name of the prepared statement: short and unique. */
  readonly name: string
  readonly text: string
}

/** Runs a hot statement and returns its rows. */
export type QueryFn = <Row>(statement: HotStatement, values: unknown[]) => Promise<Row[]>

/**
 * `prepared`: directly through the driver; each connection parses and plans a statement once. `prisma`: through
 * Prisma, which also works with poolers that use another connection for every transaction.
 */
export type StatementMode = 'prepared' | 'prisma'

export interface HotPath {
  /**
   * Runs one statement without a transaction. A write can be refused (platform/deadline.ts) until it has a
   * connection.
   */
  query: QueryFn
  /** Runs `work` as soon as a connection is free; `query` sends its statements on that connection. */
  withConnection: <T>(work: (query: QueryFn) => Promise<T>) => Promise<T>
  /**
   * A READ COMMITTED transaction of hot statements only. Commits when `work` resolves, rolls back when it throws or a
   * statement failed. Statements run in the order of the calls, whether or not `work` awaits them. Send independent
   * statements at once, without awaiting each. `work` must do nothing slow and use no other connection: it holds one.
   */
  hotTransaction: <T>(work: (tx: QueryFn) => Promise<T>) => Promise<T>
}

/** Bypasses Prisma, which adds 50 µs per lookup, and lets PostgreSQL reuse plans (docs/performance.md). */
export function createHotPath(mode: StatementMode, pool: pg.Pool, db: PrismaClient): HotPath {
  return mode === 'prisma' ? createPrismaPath(db) : createDriverPath(pool)
}

function createPrismaPath(db: PrismaClient): HotPath {
  const transaction = <T>(work: (tx: Prisma.TransactionClient) => Promise<T>) =>
    db.$transaction(work, { isolationLevel: 'ReadCommitted' })
  // Prisma tells that a connection is free only at the start of a transaction.
  const withConnection: HotPath['withConnection'] = (work) => transaction((tx) => work(queryOn(tx)))
  return {
    query: (statement, values) => {
      if (readOnlyPattern.test(statement.text)) return queryOn(db)<never>(statement, values)
      const beginWrite = createWriteGuard()
      return withConnection((query) => {
        beginWrite()
        return query<never>(statement, values)
      })
    },
    withConnection,
    hotTransaction: (work) => {
      const beginWrite = createWriteGuard()
      return transaction((tx) => {
        beginWrite()
        return runSequentially(queryOn(tx), work)
      })
    },
  }
}

function createDriverPath(pool: pg.Pool): HotPath {
  async function withConnection<T>(work: (query: QueryFn) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    client.on('error', ignore)
    try {
      const result = await work(preparedQueryOn(client))
      client.off('error', ignore).release()
      return result
    } catch (error) {
      client.off('error', ignore)
      // Refused before anything was sent: the connection is clean and can be reused.
      client.release(!(error instanceof ServiceBusy))
      throw error
    }
  }
  return {
    query: (statement, values) => {
      if (readOnlyPattern.test(statement.text)) {
        return retryWhenOutdated(() => preparedQueryOn(pool)<never>(statement, values))
      }
      const beginWrite = createWriteGuard()
      const write = (query: QueryFn) => {
        beginWrite()
        return query<never>(statement, values)
      }
      return retryWhenOutdated(() => withConnection(write))
    },
    withConnection: (work) => retryWhenOutdated(() => withConnection(work)),
    async hotTransaction(work) {
      const beginWrite = createWriteGuard()
      const client = await pool.connect()
      try {
        throwIfRefused()
      } catch (error) {
        client.release() // nothing was sent on it
        throw error
      }
      client.on('error', ignore)
      try {
        // Explicit, because the database may have another default.
        const begin = client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
        begin.catch(ignore)
        const pending: Promise<unknown>[] = [begin]
        const send = preparedQueryOn(client)
        let canPipeline = true
        const result = await work((statement, values) => {
          canPipeline &&= readOnlyPattern.test(statement.text)
          const sendNow = () => send<never>(statement, values)
          const write = () => {
            beginWrite()
            return sendNow()
          }
          const answer = canPipeline ? sendNow() : begin.then(write)
          answer.catch(ignore)
          pending.push(answer)
          return answer
        })
        await Promise.all(pending) // includes statements that `work` did not await, and hidden errors
        const { command } = await client.query('COMMIT')
        if (command !== 'COMMIT')
          throw new Error('a statement of the transaction failed, and its error was ignored')
        client.off('error', ignore).release()
        return result
      } catch (error) {
        // Closes the connection, which rolls back. A silent connection, or one with outdated plans, would fail the
        // next user.
        client.release(true)
        throw error
      }
    },
  }
}

/** Retries once after an outdated plan. The statement has not run, and another connection makes a new plan. */
const retryWhenOutdated = <T>(work: () => Promise<T>): Promise<T> =>
  work().catch((error: unknown) => {
    if ((error as pg.DatabaseError).code !== outdatedPlanCode) throw error
    return work()
  })

async function runSequentially<T>(query: QueryFn, work: (tx: QueryFn) => Promise<T>): Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  const result = await work((statement, values) => {
    const answer = last.then(() => query<never>(statement, values))
    last = answer
    return answer
  })
  await last // throws hidden errors: PostgreSQL would roll back, and Prisma would not report it
  return result
}

// Reads are sent together with BEGIN. The first write and all later statements wait for BEGIN: without a transaction,
// a write would be committed at once.
const readOnlyPattern = /^\s*SELECT\b/

// feature_not_supported, "cached plan must not change result type": a migration changed a column meanwhile.
const outdatedPlanCode = '0A000'

// The awaiting caller gets the error. Without a handler, the event or rejection would end the process.
const ignore = () => undefined

const preparedQueryOn =
  (client: pg.Pool | pg.PoolClient): QueryFn =>
  async ({ name, text }, values) =>
    (await client.query({ name, text, values })).rows as never

/** For hot statements that also run inside Prisma transactions. */
export const queryOn = (tx: Prisma.TransactionClient | QueryFn): QueryFn =>
  typeof tx === 'function' ? tx : ({ text }, values) => tx.$queryRawUnsafe(text, ...values)
