import type { Logger } from 'pino'
import type { Config } from './config/config.js'
import { emailKinds, type PrepareEmailDeps } from './features.js'
import {
  indexByName,
  createDeliverer,
  createRenderEmailJob,
  createRecentMail,
  loadTemplates,
  createLogTransport,
  rejectingTransport,
  createSmtpTransport,
  type Outbox,
  type Transport,
} from '../features/mail/index.js'
import type { Clock } from '../platform/clock.js'
import type { Sealer } from '../platform/crypto/sealer.js'
import type { Database } from '../platform/database/database.js'
import type { Job } from '../platform/jobs.js'
import type { Metrics } from '../platform/observability/metrics.js'

export interface MailServices {
  readonly database: Database
  readonly outbox: Outbox
  readonly clock: Clock
  readonly sealer: Sealer
  readonly deps: PrepareEmailDeps
  readonly metrics: Metrics
  readonly log: Logger
}

// Per kind of message. More than a legitimate user requests, so the limit never blocks an account recovery.
const defaultMaxPerHour = { ofAll: 30, ofOneAccount: 6 }

/** Opens the mail services according to the settings. */
export async function openMail(config: Config, services: MailServices) {
  const { production, mail, appUrl, rateLimitFactor } = config
  const kinds = indexByName(emailKinds)
  const templates = await loadTemplates({
    kinds: emailKinds,
    folder: mail.templatesFolder,
    product: productNameOf(config),
  })
  const relay = createTransport(config, services.log)
  const recentMail = production ? null : createRecentMail(relay)
  const transport = recentMail ?? relay
  const scaleLimit = (max: number) =>
    rateLimitFactor === 0 ? Infinity : Math.ceil(max * rateLimitFactor)
  const maxPerHour = {
    ofAll: scaleLimit(defaultMaxPerHour.ofAll),
    ofOneAccount: scaleLimit(defaultMaxPerHour.ofOneAccount),
  }
  const write = createRenderEmailJob({ ...services, kinds, appUrl, templates, maxPerHour })
  const deliverer = createDeliverer({
    ...services,
    db: services.database.db,
    renderJob: write,
    transport,
  })
  const jobs: Job[] = [
    // Not at once: the work of one request must not show in the response time of the next.
    { name: 'send messages', runsOn: 'one', intervalMs: 1_000, run: deliverer.deliverDue },
    ...(services.metrics.registry ? [createCountJob(services)] : []),
  ]
  return { deliverer, recentMail, transport, jobs }
}

const createCountJob = ({ outbox, metrics }: MailServices): Job => ({
  ...{ name: 'count messages', runsOn: 'one', intervalMs: 10_000 },
  async run() {
    const { waiting, dead } = await outbox.count()
    metrics.mailWaiting.set(waiting)
    metrics.mailDeadLetters.set(dead)
  },
})

function createTransport({ production, mail }: Config, log: Logger): Transport {
  const { smtpUrl: url, from } = mail
  if (url !== null) return createSmtpTransport({ url, from })
  return production ? rejectingTransport : createLogTransport(log)
}

/** The name of the service in messages and for authenticators: the sender's name. */
export const productNameOf = ({ mail, appUrl }: Config) =>
  mail.senderName ?? new URL(appUrl).hostname
