import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { after, type Clock } from '../../platform/clock.js'
import type { Db } from '../../platform/database/database.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import {
  claimMessages,
  dropMessage,
  finishMessage,
  postponeMessage,
  type ClaimedMessage,
} from './outbox.store.js'
import { Undeliverable, Unreachable, type OutgoingMail, type Transport } from './transport.js'
import { LostClaim, UnknownKind, type WriteMail } from './write-mail.js'

export interface DelivererNeeds {
  readonly db: Db
  readonly clock: Clock
  readonly write: WriteMail
  readonly transport: Transport
  readonly metrics: Metrics
  readonly log: Logger
}

// As many as the relay is sent at a time; half of a usual pool of connections to the database.
const batchSize = 5

// Milliseconds. A try ends before its lease does: else another replica would send the message a second time.
const lease = 120_000
const longestTry = 60_000
// At the end, what the relay is taking just now may still be taken.
const lastWait = 3_000

const firstPause = 15_000
const longestPause = 5 * 60_000

// How often, and how many milliseconds apart, it is tried to mark what was sent.
const marks = 10
const betweenMarks = 3_000

// Between two looks for a relay that is away.
const rest = 5_000

/** What became of one message: the relay answered, could not be reached, or was not asked. */
type Result = 'answered' | 'unreachable' | 'not-asked'

/**
 * Sends what the outbox has. A message is claimed, sent and marked in three steps, with no transaction open while the
 * relay talks. Whoever dies in between leaves a lease that lapses; if the relay had taken the message by then, it is
 * sent twice, under one Message-ID: SMTP has no way to ask.
 */
export function createDeliverer(needs: DelivererNeeds) {
  const { db, clock, write, transport, metrics, log } = needs

  async function deliver(message: ClaimedMessage, signal: AbortSignal): Promise<Result> {
    let mail: OutgoingMail | null
    try {
      mail = await write(message)
    } catch (error) {
      if (error instanceof LostClaim) return 'not-asked'
      const isSaid = error instanceof Undeliverable || error instanceof UnknownKind
      await fail(message, isSaid ? error : unwritten(message, error))
      return 'not-asked'
    }
    if (!mail) {
      log.info({ message: message.id, kind: message.kind }, 'a message is not needed (any more)')
      await dropMessage(db, message)
      return 'not-asked'
    }
    try {
      await transport.send(mail, AbortSignal.any([signal, AbortSignal.timeout(longestTry)]))
    } catch (error) {
      if (signal.aborted) return 'not-asked' // its lease lapses
      await fail(message, error as Error)
      return error instanceof Unreachable ? 'unreachable' : 'answered'
    }
    metrics.mail.inc({ result: 'sent' })
    await markSent(message)
    return 'answered'
  }

  /** Without the mark it would be sent again: a database that is away for a moment is waited for, within the lease. */
  async function markSent(message: ClaimedMessage) {
    for (let left = marks; ; left -= 1) {
      try {
        const sent = { status: 'SENT', finishedAt: clock.now(), lastError: null } as const
        await finishMessage(db, message, sent)
        return
      } catch (error) {
        if (left === 1) throw error
        await sleep(betweenMarks)
      }
    }
  }

  function unwritten({ id }: ClaimedMessage, err: unknown) {
    log.error({ err, message: id }, 'a message could not be written')
    return new Error('it could not be written: see the log')
  }

  async function fail(message: ClaimedMessage, error: Error) {
    const { id, kind, attempts, giveUpAt } = message
    const now = clock.now()
    const lastError = printable(error.message)
    const dueAt = after(now, Math.min(firstPause * 2 ** (attempts - 1), longestPause))
    const isOver = error instanceof Undeliverable || dueAt >= giveUpAt
    metrics.mail.inc({ result: isOver ? 'dead' : 'failed' })
    if (isOver) {
      log.error({ message: id, kind, reason: lastError }, 'a message was given up')
      await finishMessage(db, message, { status: 'DEAD', finishedAt: now, lastError })
    } else {
      log.warn({ message: id, kind, attempts, reason: lastError }, 'a message could not be sent')
      await postponeMessage(db, message, { dueAt, lastError })
    }
  }

  /** When to look for the relay again; null while it answers. */
  let awayUntil: Date | null = null

  function note(results: readonly Result[]) {
    // Some relays keep silent about some recipients: one that answers others is there.
    if (results.includes('unreachable') && !results.includes('answered')) {
      if (!awayUntil) log.error('the mail relay cannot be used: messages wait')
      awayUntil = after(clock.now(), rest)
    } else if (awayUntil && results.includes('answered')) {
      log.info('the mail relay can be used again')
      awayUntil = null
    }
  }

  return {
    /**
     * Sends what is due until nothing is, or it is to stop. While the relay is away one message looks for it: the
     * others keep their tries, and are due the moment it is back.
     */
    deliverDue: async (stopping: AbortSignal) => {
      const ending = new AbortController()
      const end = () =>
        setTimeout(() => {
          ending.abort()
        }, lastWait)
      stopping.addEventListener('abort', end, { once: true })
      try {
        while (!stopping.aborted && (await deliverSome(ending.signal)));
      } finally {
        stopping.removeEventListener('abort', end)
      }
    },
  }

  /** False when there is nothing to do for now. */
  async function deliverSome(signal: AbortSignal) {
    const now = clock.now()
    if (awayUntil && now < awayUntil) return false
    const limit = awayUntil ? 1 : batchSize
    const messages = await claimMessages(db, { now, leaseEnd: after(now, lease), limit })
    const settled = await Promise.allSettled(messages.map((message) => deliver(message, signal)))
    note(settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])))
    const broken = settled.find(({ status }) => status === 'rejected')
    if (broken?.status === 'rejected') throw broken.reason
    return messages.length > 0
  }
}

// What a relay answers is its own text: enough of it to tell why, nothing that forges lines, and no link of the message
// that some repeat.
const printable = (text: string) =>
  text
    .replace(/\p{C}+/gu, ' ')
    .replace(/[\w-]{40,}/g, '…')
    .trim()
    .slice(0, 300)
