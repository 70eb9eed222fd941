import { after, type Clock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Database, Db, Tx } from '../../platform/database/database.js'
import type { EmailKind } from './email-kind.js'
import {
  countMessages,
  deleteFinished,
  deleteWaiting,
  forgetMessagesOf,
  insertMessage,
  listMessages,
  messagesOf,
  requeueMessages,
} from './outbox.store.js'
import { cleaning } from '../../platform/jobs.js'

interface Addressed<Details> {
  readonly kind: EmailKind<never, Details>
  /** An address in canonical form. */
  readonly recipient: string
  /** Whose it is. Left out: whoever has the address when it is sent. */
  readonly accountId?: string
  /** BCP 47. Left out: the language of the recipient's account is looked up when it is sent. */
  readonly locale?: string | null
}

/** Something that somebody is to be told, with the details that preparing it takes: nothing secret. */
export type Message<Details> = Addressed<Details> &
  ([keyof Details] extends [never]
    ? { readonly details?: never }
    : { readonly details: NoInfer<Details> })

type Strings<Details> = { readonly [Name in keyof Details]: string }

// A relay that is away longer is looked after by an operator, who can have the dead letters sent.
const triedFor = 24 * 60 * 60_000

// Long enough to answer "was it sent?" and to have a dead letter sent after all.
const sentKeptFor = 7 * 24 * 60 * 60_000
const deadKeptFor = 30 * 24 * 60 * 60_000
const batchSize = 500

/** Milliseconds for which a message counts towards what its recipient may be sent. */
export const countedFor = 60 * 60_000

interface OutboxNeeds {
  readonly database: Database
  readonly clock: Clock
  /** Records, in the same transaction, that an operator had messages tried again. */
  readonly recordRequeue: (tx: Tx) => Promise<void>
}

/** What an operator looks at; it changes nothing. */
export const createOutboxView = (db: Db) => ({
  /** What was given up, then what waits, the oldest first; at most so many. */
  list: (limit: number) => listMessages(db, limit),

  /** How many wait and how many were given up. */
  count: () => countMessages(db),
})

export type OutboxView = ReturnType<typeof createOutboxView>

export type Outbox = ReturnType<typeof createOutbox>

/** Messages that are to be sent: rows, written together with what causes them, so that neither is without the other. */
export function createOutbox({ database, clock, recordRequeue }: OutboxNeeds) {
  const { db } = database

  async function removeFinished() {
    const now = clock.now()
    const before = { sent: after(now, -sentKeptFor), dead: after(now, -deadKeptFor) }
    while ((await deleteFinished(db, before, batchSize)) === batchSize);
  }

  return {
    /** In the transaction of the action. Nothing is sent, looked up or made here: it costs one row, whoever it is for. */
    async put<Details extends Strings<Details>>(tx: Tx, message: Message<Details>) {
      const { kind, recipient, accountId, locale = null, details = {} } = message
      const now = clock.now()
      await insertMessage(tx, {
        id: newId(clock),
        kind: kind.name,
        recipient,
        accountId: accountId ?? null,
        locale,
        details,
        createdAt: now,
        dueAt: now,
        giveUpAt: after(now, triedFor),
      })
    },

    ...createOutboxView(db),

    /** Has dead letters tried again from the beginning: these, or all. Returns how many. For an operator. */
    requeue: (ids: readonly string[] | null) =>
      database.transaction(async (tx) => {
        const now = clock.now()
        const count = await requeueMessages(tx, ids, { now, giveUpAt: after(now, triedFor) })
        if (count > 0) await recordRequeue(tx)
        return count
      }),

    /** What an account was sent, or is to be, but for one kind. */
    of: (accountId: string, { except }: { except: EmailKind }) =>
      messagesOf(db, accountId, except.name),

    /** Takes back what waits: what it would bring is no longer to be. */
    withdraw: (tx: Tx, kind: EmailKind, recipient: string) =>
      deleteWaiting(tx, kind.name, recipient),

    /**
     * With the account goes what it was sent. What still waits is sent: whoever took an account over must not be able to
     * keep its owner from hearing of it by deleting it. And what counts towards an address's budget goes on counting: else
     * ever new accounts, each deleted after use, would have an address mailed without end.
     */
    forget: (tx: Tx, accountId: string) =>
      forgetMessagesOf(tx, accountId, after(clock.now(), -countedFor)),

    removeFinished,
    jobs: [cleaning('remove old messages', removeFinished)],
  }
}
