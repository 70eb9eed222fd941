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

// The number of concurrent deliveries: half of a usual pool of database connections.
const batchSize = 5

// In milliseconds. A try must end before its lease: otherwise another replica would send the e-mail a second time.
const leaseMs = 120_000
const sendTimeoutMs = 60_000
// On shutdown, e-mails that the relay is receiving have this time to finish.
const shutdownGraceMs = 3_000

const firstBackoffMs = 15_000
const maxBackoffMs = 5 * 60_000

// The number of tries to mark an e-mail as sent, and the delay between them in milliseconds.
const maxMarkAttempts = 10
const markRetryMs = 3_000

// The delay between two tries to reach an unavailable relay.
const relayRetryMs = 5_000

/** The result of one e-mail: the relay answered, was not reachable, or was not asked. */
type DeliveryResult = 'answered' | 'unreachable' | 'not-asked'

/**
 * Sends the e-mails of the outbox in three steps: claim, send, mark. No transaction is open while the relay answers.
 * A replica that crashes in between leaves a lease, which expires. If the relay had already accepted the e-mail, it
 * is sent twice with the same Message-ID: SMTP cannot query the status.
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
      log.info({ message: job.id, kind: job.kind }, 'an e-mail is not needed (any more)')
      await deleteEmailJob(db, job)
      return 'not-asked'
    }
    try {
      await transport.send(mail, AbortSignal.any([signal, AbortSignal.timeout(sendTimeoutMs)]))
    } catch (error) {
      if (signal.aborted) return 'not-asked' // the lease expires
      await handleFailure(job, error as Error)
      return error instanceof Unreachable ? 'unreachable' : 'answered'
    }
    metrics.mailDeliveries.inc({ result: 'sent' })
    await markSent(job)
    return 'answered'
  }

  /**
   * Marks the e-mail as sent; without the mark it would be sent again. Retries short database outages within the
   * lease.
   */
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
    log.error({ err, message: id }, 'an e-mail could not be rendered')
    return new Error('The e-mail could not be rendered. See the log.')
  }

  async function handleFailure(job: EmailJob, error: Error) {
    const { id, kind, attempts, giveUpAt } = job
    const now = clock.now()
    const lastError = sanitizeReply(error.message)
    const dueAt = addMs(now, Math.min(firstBackoffMs * 2 ** (attempts - 1), maxBackoffMs))
    const isGivenUp = error instanceof Undeliverable || dueAt >= giveUpAt
    metrics.mailDeliveries.inc({ result: isGivenUp ? 'dead' : 'failed' })
    if (isGivenUp) {
      log.error({ message: id, kind, reason: lastError }, 'an e-mail became a dead letter')
      await finishEmailJob(db, job, { status: 'DEAD', finishedAt: now, lastError })
    } else {
      log.warn({ message: id, kind, attempts, reason: lastError }, 'an e-mail could not be sent')
      await rescheduleEmailJob(db, job, { dueAt, lastError })
    }
  }

  /** When to try the relay again. Null while it answers. */
  let relayDownUntil: Date | null = null

  function updateRelayState(results: readonly DeliveryResult[]) {
    // Some relays never answer for some recipients. A relay that answers for another recipient is available.
    if (results.includes('unreachable') && !results.includes('answered')) {
      if (!relayDownUntil) log.error('the mail relay cannot be used: e-mails wait in the outbox')
      relayDownUntil = addMs(clock.now(), relayRetryMs)
    } else if (relayDownUntil && results.includes('answered')) {
      log.info('the mail relay can be used again')
      relayDownUntil = null
    }
  }

  return {
    /**
     * Sends due e-mails until none is left or the signal aborts. During an outage of the relay, one e-mail tests it.
     * The others keep their tries and are due as soon as the relay is back.
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

  /** False when there is nothing to do now. */
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

// The relay controls the text of its reply. Keeps enough to show the reason, and removes line breaks (log injection)
// and links of the e-mail, which some relays repeat.
const sanitizeReply = (text: string) =>
  text
    .replace(/\p{C}+/gu, ' ')
    .replace(/[\w-]{40,}/g, '…')
    .trim()
    .slice(0, 300)
