import DataLoader from 'dataloader'
import { withoutDeadline, createWriteGuard } from '../deadline.js'
import type { QueryFn, HotPath } from './hot-statements.js'

export interface BatchOptions {
  /** False: every lookup is a statement of its own and is sent at once. */
  readonly batching: boolean
  /** How many statements may run at the same time. */
  readonly maxConcurrent: number
}

const maxBatchSize = 500

/**
 * Creates one batch function per kind of lookup. `load` answers many keys with one statement, in the order of the
 * keys.
 */
export type CreateBatch = <Key, Answer>(
  load: (keys: readonly Key[]) => Promise<Answer[]>,
) => (key: Key) => Promise<Answer>

/**
 * The same for writes. `write` gets an open connection and the keys whose requests were not refused while they waited
 * (platform/deadline.ts). The refused ones fail with ServiceBusy.
 */
export type CreateWriteBatch = <Key, Answer>(
  write: (query: QueryFn, keys: readonly Key[]) => Promise<Answer[]>,
) => (key: Key) => Promise<Answer>

/**
 * Collects the lookups of one turn of the event loop into one statement. Further lookups wait while earlier
 * statements run, so a busier server sends fewer statements per request. Caches nothing between statements.
 */
export function createBatches({ batching, maxConcurrent }: BatchOptions): CreateBatch {
  return <Key, Answer>(load: (keys: readonly Key[]) => Promise<(Answer | Error)[]>) => {
    if (!batching) return async (key: Key) => unwrapResult((await load([key]))[0] as Answer | Error)
    const limiter = createConcurrencyLimiter(maxConcurrent)
    const loadAll = (keys: readonly Key[]) => withoutDeadline(() => load(keys))
    const loader = new DataLoader<Key, Answer>((keys) => loadAll(keys).finally(limiter.release), {
      cache: false,
      maxBatchSize,
      // `setImmediate` runs after all readable sockets were read, not after the first one.
      batchScheduleFn: (send) => setImmediate(limiter.acquire, send),
    })
    return (key: Key) => loader.load(key)
  }
}

/** A refused request gets its refusal, and its key is left out of the write. */
export function createWriteBatches(
  batch: CreateBatch,
  withConnection: HotPath['withConnection'],
): CreateWriteBatch {
  return <Key, Answer>(write: (query: QueryFn, keys: readonly Key[]) => Promise<Answer[]>) => {
    const enqueueWrite = batch((changes: readonly Change<Key>[]) =>
      withConnection(async (query): Promise<(Answer | Error)[]> => {
        const refusals = changes.map(({ beginWrite }) => refusalOf(beginWrite))
        const keys = changes.flatMap(({ key }, i) => (refusals[i] ? [] : [key]))
        const answers = (keys.length > 0 ? await write(query, keys) : []).values()
        return refusals.map((refusal) => refusal ?? (answers.next().value as Answer))
      }),
    )
    return (key: Key) => enqueueWrite({ key, beginWrite: createWriteGuard() }) as Promise<Answer>
  }
}

interface Change<Key> {
  readonly key: Key
  /** Throws when the request was refused while it waited. */
  readonly beginWrite: () => void
}

function refusalOf(beginWrite: () => void): Error | null {
  try {
    beginWrite()
    return null
  } catch (error) {
    return error as Error
  }
}

/** Rejects for an Error, as DataLoader does. */
function unwrapResult<Answer>(answer: Answer | Error): Answer {
  if (answer instanceof Error) throw answer
  return answer
}

/** Runs at most `maxConcurrent` jobs at a time; the others wait in a queue. */
function createConcurrencyLimiter(maxConcurrent: number) {
  const waiting: (() => void)[] = []
  let freeSlots = maxConcurrent
  return {
    acquire: (work: () => void) => {
      if (freeSlots === 0) {
        waiting.push(work)
        return
      }
      freeSlots -= 1
      work()
    },
    release: () => {
      const next = waiting.shift()
      if (next) next()
      else freeSlots += 1
    },
  }
}
