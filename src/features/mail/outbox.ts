import { addMs, type Clock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Database, Db, Tx } from '../../platform/database/database.js'
import type { EmailKind } from './email-kind.js'
import {
  countUnsentEmailJobs,
  deleteFinishedEmailJobs,
  deleteWaitingEmailJobs,
  detachEmailJobs,
  insertEmailJob,
  listUnsentEmailJobs,
  listEmailJobsOf,
  requeueEmailJobs,
} from './outbox.store.js'
import { createCleanupJob } from '../../platform/jobs.js'

interface BaseEmailRequest<Details> {
  readonly kind: EmailKind<never, Details>
  /** An address in canonical form. */
  readonly recipient: string
  /** Whose it is. Left out: whoever has the address when it is sent. */
  readonly accountId?: string
  /** BCP 47. Left out: the language of the recipient's account is looked up when it is sent. */
  readonly locale?: string | null
}

/** Something that somebody is to be told, with the details that preparing it takes: nothing secret. */
export type EmailRequest<Details> = BaseEmailRequest<Details> &
  ([keyof Details] extends [never]
    ? { readonly details?: never }
    : { readonly details: NoInfer<Details> })

type StringValues<Details> = { readonly [Name in keyof Details]: string }

// A relay that is away longer is looked after by an operator, who can have the dead letters sent.
const retryPeriodMs = 24 * 60 * 60_000

// Long enough to answer "was it sent?" and to have a dead letter sent after all.
const sentRetentionMs = 7 * 24 * 60 * 60_000
const deadRetentionMs = 30 * 24 * 60 * 60_000
const batchSize = 500

/** Milliseconds for which a message counts towards what its recipient may be sent. */
export const recipientWindowMs = 60 * 60_000

interface OutboxDeps {
  readonly database: Database
  readonly clock: Clock
  /** Records, in the same transaction, that an operator had messages tried again. */
  readonly recordRequeue: (tx: Tx) => Promise<void>
}

/** What an operator looks at; it changes nothing. */
export const createOutboxView = (db: Db) => ({
  /** What was given up, then what waits, the oldest first; at most so many. */
  list: (limit: number) => listUnsentEmailJobs(db, limit),

  /** How many wait and how many were given up. */
  count: () => countUnsentEmailJobs(db),
})

export type OutboxView = ReturnType<typeof createOutboxView>

export type Outbox = ReturnType<typeof createOutbox>

/** Messages that are to be sent: rows, written together with what causes them, so that neither is without the other. */
export function createOutbox({ database, clock, recordRequeue }: OutboxDeps) {
  const { db } = database

  async function removeFinished() {
    const now = clock.now()
    const before = { sent: addMs(now, -sentRetentionMs), dead: addMs(now, -deadRetentionMs) }
    while ((await deleteFinishedEmailJobs(db, before, batchSize)) === batchSize);
  }

  return {
    /** In the transaction of the action. Nothing is sent, looked up or made here: it costs one row, whoever it is for. */
    async enqueue<Details extends StringValues<Details>>(tx: Tx, request: EmailRequest<Details>) {
      const { kind, recipient, accountId, locale = null, details = {} } = request
      const now = clock.now()
      await insertEmailJob(tx, {
        id: newId(clock),
        kind: kind.name,
        recipient,
        accountId: accountId ?? null,
        locale,
        details,
        createdAt: now,
        dueAt: now,
        giveUpAt: addMs(now, retryPeriodMs),
      })
    },

    ...createOutboxView(db),

    /** Has dead letters tried again from the beginning: these, or all. Returns how many. For an operator. */
    requeue: (ids: readonly string[] | null) =>
      database.transaction(async (tx) => {
        const now = clock.now()
        const count = await requeueEmailJobs(tx, ids, { now, giveUpAt: addMs(now, retryPeriodMs) })
        if (count > 0) await recordRequeue(tx)
        return count
      }),

    /** What an account was sent, or is to be, but for one kind. */
    listForAccount: (accountId: string, { except }: { except: EmailKind }) =>
      listEmailJobsOf(db, accountId, except.name),

    /** Takes back what waits: what it would bring is no longer to be. */
    cancelWaiting: (tx: Tx, kind: EmailKind, recipient: string) =>
      deleteWaitingEmailJobs(tx, kind.name, recipient),

    /**
     * With the account goes what it was sent. What still waits is sent: whoever took an account over must not be able to
     * keep its owner from hearing of it by deleting it. And what counts towards an address's budget goes on counting: else
     * ever new accounts, each deleted after use, would have an address mailed without end.
     */
    detachAccount: (tx: Tx, accountId: string) =>
      detachEmailJobs(tx, accountId, addMs(clock.now(), -recipientWindowMs)),

    removeFinished,
    jobs: [createCleanupJob('remove old messages', removeFinished)],
  }
}
