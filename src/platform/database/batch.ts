import DataLoader from 'dataloader'

export interface BatchOptions {
  /** False: every question is asked by itself, at once. */
  readonly batching: boolean
  /** How many statements are on their way at a time. */
  readonly atOnce: number
}

const mostInOne = 500

/** One of these for each kind of question: `load` answers many of them with one statement, in their order. */
export type CreateBatch = <Key, Answer>(
  load: (keys: readonly Key[]) => Promise<Answer[]>,
) => (key: Key) => Promise<Answer>

/**
 * Asks what the requests of one turn of the event loop ask for in one statement, and collects further questions while
 * earlier ones are on their way: the busier, the fewer statements per request. Nothing is kept from one to the next.
 * What it bought: `me` at 32 connections costs a seventh of a statement by itself, here and in PostgreSQL.
 */
export function createBatches({ batching, atOnce }: BatchOptions): CreateBatch {
  return <Key, Answer>(load: (keys: readonly Key[]) => Promise<Answer[]>) => {
    if (!batching) return async (key: Key) => (await load([key]))[0] as Answer
    const turns = createTurns(atOnce)
    const loader = new DataLoader<Key, Answer>((keys) => load(keys).finally(turns.end), {
      cache: false,
      maxBatchSize: mostInOne,
      // After all sockets that have something to read were read, not after the first of them.
      batchScheduleFn: (send) => setImmediate(turns.begin, send),
    })
    return (key: Key) => loader.load(key)
  }
}

/** So many at a time; who comes later waits. */
function createTurns(atOnce: number) {
  const waiting: (() => void)[] = []
  let free = atOnce
  return {
    begin: (work: () => void) => {
      if (free === 0) {
        waiting.push(work)
        return
      }
      free -= 1
      work()
    },
    end: () => {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    },
  }
}
