import type pg from 'pg'
import type { Prisma, PrismaClient } from '../../generated/prisma/client.js'
import { refuseLate, writing } from '../deadline.js'
import { ServiceBusy } from '../errors.js'

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
  /** By itself, in no transaction. A write can be refused (platform/deadline.ts) until there is a connection for it. */
  ask: Ask
  /** Runs `work` as soon as there is a connection, on which `ask` sends its statement. */
  askConnected: <T>(work: (ask: Ask) => Promise<T>) => Promise<T>
  /**
   * A transaction of hot statements alone, in READ COMMITTED: committed when `work` resolves, rolled back when it
   * throws or a statement failed. They are run in the order in which they are asked, whether or not the answer to the
   * one before is waited for: those that do not depend on each other are best asked at once. Nothing slow inside, and
   * no other access to the database: it holds a connection.
   */
  hotTransaction: <T>(work: (tx: Ask) => Promise<T>) => Promise<T>
}

/**
 * What it bought: a look-up by key costs the server 50 µs less than through Prisma, and PostgreSQL 30 % less than one
 * that it has to plan; a transaction of five statements half a millisecond less.
 */
export function createHotPath(way: HotStatements, pool: pg.Pool, db: PrismaClient): HotPath {
  return way === 'prisma' ? throughPrisma(db) : throughDriver(pool)
}

function throughPrisma(db: PrismaClient): HotPath {
  const transaction = <T>(work: (tx: Prisma.TransactionClient) => Promise<T>) =>
    db.$transaction(work, { isolationLevel: 'ReadCommitted' })
  // Prisma says when there is a connection only at the start of a transaction.
  const askConnected: HotPath['askConnected'] = (work) => transaction((tx) => work(askThrough(tx)))
  return {
    ask: (statement, values) => {
      if (onlyReads.test(statement.text)) return askThrough(db)<never>(statement, values)
      const start = writing()
      return askConnected((ask) => {
        start()
        return ask<never>(statement, values)
      })
    },
    askConnected,
    hotTransaction: (work) => {
      const start = writing()
      return transaction((tx) => {
        start()
        return oneByOne(askThrough(tx), work)
      })
    },
  }
}

function throughDriver(pool: pg.Pool): HotPath {
  async function askConnected<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    client.on('error', ignore)
    try {
      const result = await work(prepared(client))
      client.off('error', ignore).release()
      return result
    } catch (error) {
      client.off('error', ignore)
      // Refused before anything was sent: the connection is as good as new.
      client.release(!(error instanceof ServiceBusy))
      throw error
    }
  }
  return {
    ask: (statement, values) => {
      if (onlyReads.test(statement.text)) {
        return againWhenOutdated(() => prepared(pool)<never>(statement, values))
      }
      const start = writing()
      const write = (ask: Ask) => {
        start()
        return ask<never>(statement, values)
      }
      return againWhenOutdated(() => askConnected(write))
    },
    askConnected: (work) => againWhenOutdated(() => askConnected(work)),
    async hotTransaction(work) {
      const start = writing()
      const client = await pool.connect()
      try {
        refuseLate()
      } catch (error) {
        client.release() // nothing was sent on it
        throw error
      }
      client.on('error', ignore)
      try {
        // Whatever the database has as its default.
        const begun = client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
        begun.catch(ignore)
        const asked: Promise<unknown>[] = [begun]
        const send = prepared(client)
        let together = true
        const result = await work((statement, values) => {
          together &&= onlyReads.test(statement.text)
          const sent = () => send<never>(statement, values)
          const write = () => {
            start()
            return sent()
          }
          const answer = together ? sent() : begun.then(write)
          answer.catch(ignore)
          asked.push(answer)
          return answer
        })
        await Promise.all(asked) // what `work` did not wait for, and what it hid
        const { command } = await client.query('COMMIT')
        if (command !== 'COMMIT') throw new Error('a statement of the transaction failed unheard')
        client.off('error', ignore).release()
        return result
      } catch (error) {
        // Closed, which rolls back: a connection that is silent, or whose plans are outdated, would fail the next one.
        client.release(true)
        throw error
      }
    },
  }
}

/** Only a plan can be outdated: nothing was run, and another connection plans anew. */
const againWhenOutdated = <T>(work: () => Promise<T>): Promise<T> =>
  work().catch((error: unknown) => {
    if ((error as pg.DatabaseError).code !== planIsOutdated) throw error
    return work()
  })

async function oneByOne<T>(ask: Ask, work: (tx: Ask) => Promise<T>): Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  const result = await work((statement, values) => {
    const answer = last.then(() => ask<never>(statement, values))
    last = answer
    return answer
  })
  await last // fails where one failed whose error was hidden: PostgreSQL would roll back, and Prisma not say so
  return result
}

// Sent together with BEGIN. What writes, and all after it, waits until there is a transaction: without one it would be
// committed at once.
const onlyReads = /^\s*SELECT\b/

// feature_not_supported, "cached plan must not change result type": a migration changed a column meanwhile.
const planIsOutdated = '0A000'

// Whoever waits is told; unheard, an error would end the process.
const ignore = () => undefined

const prepared =
  (on: pg.Pool | pg.PoolClient): Ask =>
  async ({ name, text }, values) =>
    (await on.query({ name, text, values })).rows as never

/** For hot statements that also stand in transactions of Prisma's. */
export const askThrough = (tx: Prisma.TransactionClient | Ask): Ask =>
  typeof tx === 'function' ? tx : ({ text }, values) => tx.$queryRawUnsafe(text, ...values)
