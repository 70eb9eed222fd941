import { addMs, type Clock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Database, Db, Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'
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
  /** The canonical address. */
  readonly recipient: string
  /** The account of the e-mail. If omitted: the account that has the address when the e-mail is sent. */
  readonly accountId?: string
  /** A BCP 47 language tag. If omitted, the language of the recipient's account at the time of sending. */
  readonly locale?: string | null
}

/** A request for an e-mail, with the details for its preparation. The details contain no secrets. */
export type EmailRequest<Details> = BaseEmailRequest<Details> &
  ([keyof Details] extends [never]
    ? { readonly details?: never }
    : { readonly details: NoInfer<Details> })

type StringValues<Details> = { readonly [Name in keyof Details]: string }

// After a longer outage of the relay, an operator can requeue the dead letters.
const retryPeriodMs = 24 * 60 * 60_000

// Long enough to answer "was it sent?" and to requeue a dead letter.
const sentRetentionMs = 7 * 24 * 60 * 60_000
const deadRetentionMs = 30 * 24 * 60 * 60_000
const batchSize = 500

/** How long an e-mail counts towards the limit of its recipient, in milliseconds. */
export const recipientWindowMs = 60 * 60_000

interface OutboxDeps {
  readonly database: Database
  readonly clock: Clock
  /** Records in the same transaction that an operator requeued e-mails. */
  readonly recordRequeue: (tx: Tx) => Promise<void>
}

/** The read-only view of the outbox for operators. */
export const createOutboxView = (db: Db) => ({
  /** The dead letters, then the waiting e-mails, oldest first, up to the limit. */
  list: (limit: number) => listUnsentEmailJobs(db, limit),

  /** The number of waiting e-mails and of dead letters. */
  count: () => countUnsentEmailJobs(db),
})

export type OutboxView = ReturnType<typeof createOutboxView>

export type Outbox = ReturnType<typeof createOutbox>

/**
 * The transactional outbox: each e-mail is a row, written in the transaction of its cause. So both exist or neither
 * does.
 */
export function createOutbox({ database, clock, recordRequeue }: OutboxDeps) {
  const { db } = database

  async function removeFinished() {
    const now = clock.now()
    const before = { sent: addMs(now, -sentRetentionMs), dead: addMs(now, -deadRetentionMs) }
    while ((await deleteFinishedEmailJobs(db, before, batchSize)) === batchSize);
  }

  return {
    /**
     * Enqueues an e-mail in the transaction of its cause. It sends, looks up and creates nothing else. So the cost is
     * one row for every recipient.
     */
    async enqueue<Details extends StringValues<Details>>(
      tx: Tx | QueryFn,
      request: EmailRequest<Details>,
    ) {
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

    /** For operators: requeues the given dead letters, or all of them. Returns their number. */
    requeue: (ids: readonly string[] | null) =>
      database.transaction(async (tx) => {
        const now = clock.now()
        const count = await requeueEmailJobs(tx, ids, { now, giveUpAt: addMs(now, retryPeriodMs) })
        if (count > 0) await recordRequeue(tx)
        return count
      }),

    /** The sent and waiting e-mails of an account, except one kind. */
    listForAccount: (accountId: string, { except }: { except: EmailKind }) =>
      listEmailJobsOf(db, accountId, except.name),

    /** Cancels waiting e-mails that are no longer needed. */
    cancelWaiting: (tx: Tx, kind: EmailKind, recipient: string) =>
      deleteWaitingEmailJobs(tx, kind.name, recipient),

    /**
     * Deletes the sent e-mails of a deleted account. Waiting e-mails are still sent: an attacker who took over an
     * account must not suppress notices to the owner by deleting the account. E-mails that count towards the limit of
     * an address stay: otherwise an attacker could send unlimited e-mail to an address with new accounts, each
     * deleted after use.
     */
    detachAccount: (tx: Tx, accountId: string) =>
      detachEmailJobs(tx, accountId, addMs(clock.now(), -recipientWindowMs)),

    removeFinished,
    jobs: [createCleanupJob('remove old messages', removeFinished)],
  }
}
