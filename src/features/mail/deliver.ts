import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { addMs, type Clock } from '../../platform/clock.js'
import type { Db } from '../../platform/database/database.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import {
  claimEmailJobs,
  deleteEmailJob,
  finishEmailJob,
  rescheduleEmailJob,
  type EmailJob,
} from './outbox.store.js'
import { Undeliverable, Unreachable, type OutgoingMail, type Transport } from './transport.js'
import { LostClaim, UnknownKind, type RenderEmailJob } from './render-email-job.js'

export interface DelivererDeps {
  readonly db: Db
  readonly clock: Clock
  readonly renderJob: RenderEmailJob
  readonly transport: Transport
  readonly metrics: Metrics
  readonly log: Logger
}

// As many as the relay is sent at a time; half of a usual pool of connections to the database.
const batchSize = 5

// Milliseconds. A try ends before its lease does: else another replica would send the message a second time.
const leaseMs = 120_000
const sendTimeoutMs = 60_000
// At the end, what the relay is taking just now may still be taken.
const shutdownGraceMs = 3_000

const firstBackoffMs = 15_000
const maxBackoffMs = 5 * 60_000

// How often, and how many milliseconds apart, it is tried to mark what was sent.
const maxMarkAttempts = 10
const markRetryMs = 3_000

// Between two looks for a relay that is away.
const relayRetryMs = 5_000

/** What became of one message: the relay answered, could not be reached, or was not asked. */
type DeliveryResult = 'answered' | 'unreachable' | 'not-asked'

/**
 * Sends what the outbox has. A message is claimed, sent and marked in three steps, with no transaction open while the
 * relay talks. Whoever dies in between leaves a lease that lapses; if the relay had taken the message by then, it is
 * sent twice, under one Message-ID: SMTP has no way to ask.
 */
export function createDeliverer(deps: DelivererDeps) {
  const { db, clock, renderJob, transport, metrics, log } = deps

  async function deliver(job: EmailJob, signal: AbortSignal): Promise<DeliveryResult> {
    let mail: OutgoingMail | null
    try {
      mail = await renderJob(job)
    } catch (error) {
      if (error instanceof LostClaim) return 'not-asked'
      const isExpected = error instanceof Undeliverable || error instanceof UnknownKind
      await handleFailure(job, isExpected ? error : logRenderFailure(job, error))
      return 'not-asked'
    }
    if (!mail) {
      log.info({ message: job.id, kind: job.kind }, 'a message is not needed (any more)')
      await deleteEmailJob(db, job)
      return 'not-asked'
    }
    try {
      await transport.send(mail, AbortSignal.any([signal, AbortSignal.timeout(sendTimeoutMs)]))
    } catch (error) {
      if (signal.aborted) return 'not-asked' // its lease lapses
      await handleFailure(job, error as Error)
      return error instanceof Unreachable ? 'unreachable' : 'answered'
    }
    metrics.mailDeliveries.inc({ result: 'sent' })
    await markSent(job)
    return 'answered'
  }

  /** Without the mark it would be sent again: a database that is away for a moment is waited for, within the lease. */
  async function markSent(job: EmailJob) {
    for (let attemptsLeft = maxMarkAttempts; ; attemptsLeft -= 1) {
      try {
        const sent = { status: 'SENT', finishedAt: clock.now(), lastError: null } as const
        await finishEmailJob(db, job, sent)
        return
      } catch (error) {
        if (attemptsLeft === 1) throw error
        await sleep(markRetryMs)
      }
    }
  }

  function logRenderFailure({ id }: EmailJob, err: unknown) {
    log.error({ err, message: id }, 'a message could not be written')
    return new Error('it could not be written: see the log')
  }

  async function handleFailure(job: EmailJob, error: Error) {
    const { id, kind, attempts, giveUpAt } = job
    const now = clock.now()
    const lastError = sanitizeReply(error.message)
    const dueAt = addMs(now, Math.min(firstBackoffMs * 2 ** (attempts - 1), maxBackoffMs))
    const isGivenUp = error instanceof Undeliverable || dueAt >= giveUpAt
    metrics.mailDeliveries.inc({ result: isGivenUp ? 'dead' : 'failed' })
    if (isGivenUp) {
      log.error({ message: id, kind, reason: lastError }, 'a message was given up')
      await finishEmailJob(db, job, { status: 'DEAD', finishedAt: now, lastError })
    } else {
      log.warn({ message: id, kind, attempts, reason: lastError }, 'a message could not be sent')
      await rescheduleEmailJob(db, job, { dueAt, lastError })
    }
  }

  /** When to look for the relay again; null while it answers. */
  let relayDownUntil: Date | null = null

  function updateRelayState(results: readonly DeliveryResult[]) {
    // Some relays keep silent about some recipients: one that answers others is there.
    if (results.includes('unreachable') && !results.includes('answered')) {
      if (!relayDownUntil) log.error('the mail relay cannot be used: messages wait')
      relayDownUntil = addMs(clock.now(), relayRetryMs)
    } else if (relayDownUntil && results.includes('answered')) {
      log.info('the mail relay can be used again')
      relayDownUntil = null
    }
  }

  return {
    /**
     * Sends what is due until nothing is, or it is to stop. While the relay is away one message looks for it: the
     * others keep their tries, and are due the moment it is back.
     */
    deliverDue: async (stopSignal: AbortSignal) => {
      const abortController = new AbortController()
      const scheduleAbort = () =>
        setTimeout(() => {
          abortController.abort()
        }, shutdownGraceMs)
      stopSignal.addEventListener('abort', scheduleAbort, { once: true })
      try {
        while (!stopSignal.aborted && (await deliverBatch(abortController.signal)));
      } finally {
        stopSignal.removeEventListener('abort', scheduleAbort)
      }
    },
  }

  /** False when there is nothing to do for now. */
  async function deliverBatch(signal: AbortSignal) {
    const now = clock.now()
    if (relayDownUntil && now < relayDownUntil) return false
    const limit = relayDownUntil ? 1 : batchSize
    const jobs = await claimEmailJobs(db, { now, leaseEnd: addMs(now, leaseMs), limit })
    const settled = await Promise.allSettled(jobs.map((job) => deliver(job, signal)))
    updateRelayState(settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])))
    const rejected = settled.find(({ status }) => status === 'rejected')
    if (rejected?.status === 'rejected') throw rejected.reason
    return jobs.length > 0
  }
}

// What a relay answers is its own text: enough of it to tell why, nothing that forges lines, and no link of the message
// that some repeat.
const sanitizeReply = (text: string) =>
  text
    .replace(/\p{C}+/gu, ' ')
    .replace(/[\w-]{40,}/g, '…')
    .trim()
    .slice(0, 300)
