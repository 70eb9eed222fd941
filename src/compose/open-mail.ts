import type { Logger } from 'pino'
import type { Config } from './config/config.js'
import { emailKinds, type EmailNeeds } from './features.js'
import {
  byName,
  createDeliverer,
  createWriteMail,
  keepRecent,
  loadTemplates,
  logTransport,
  noTransport,
  smtpTransport,
  type Outbox,
  type Transport,
} from '../features/mail/index.js'
import type { Clock } from '../platform/clock.js'
import type { Sealer } from '../platform/crypto/sealer.js'
import type { Database } from '../platform/database/database.js'
import type { Job } from '../platform/jobs.js'
import type { Metrics } from '../platform/observability/metrics.js'

export interface MailParts {
  readonly database: Database
  readonly outbox: Outbox
  readonly clock: Clock
  readonly sealer: Sealer
  readonly needs: EmailNeeds
  readonly metrics: Metrics
  readonly log: Logger
}

// Of each kind: more than anybody's own requests come to, so that it takes no way back from them.
const mailPerHour = { ofAll: 30, ofOneAccount: 6 }

/** What sends messages, as the settings have it. */
export async function openMail(config: Config, parts: MailParts) {
  const { production, mail, appUrl, rateLimitFactor } = config
  const kinds = byName(emailKinds)
  const templates = await loadTemplates({
    kinds: emailKinds,
    folder: mail.templates,
    product: productOf(config),
  })
  const relay = transportOf(config, parts.log)
  const recentMail = production ? null : keepRecent(relay)
  const transport = recentMail ?? relay
  const bounded = (most: number) =>
    rateLimitFactor === 0 ? Infinity : Math.ceil(most * rateLimitFactor)
  const mostPerHour = {
    ofAll: bounded(mailPerHour.ofAll),
    ofOneAccount: bounded(mailPerHour.ofOneAccount),
  }
  const write = createWriteMail({ ...parts, kinds, appUrl, templates, mostPerHour })
  const deliverer = createDeliverer({ ...parts, db: parts.database.db, write, transport })
  const jobs: Job[] = [
    // Not at once: what a request does must not show in the time of the next one.
    { name: 'send messages', by: 'one', every: 1_000, run: deliverer.deliverDue },
    ...(parts.metrics.registry ? [countMessages(parts)] : []),
  ]
  return { deliverer, recentMail, transport, jobs }
}

const countMessages = ({ outbox, metrics }: MailParts): Job => ({
  ...{ name: 'count messages', by: 'one', every: 10_000 },
  async run() {
    const { waiting, dead } = await outbox.count()
    metrics.mailWaiting.set(waiting)
    metrics.mailDead.set(dead)
  },
})

function transportOf({ production, mail }: Config, log: Logger): Transport {
  const { smtpUrl: url, from } = mail
  if (url !== null) return smtpTransport({ url, from })
  return production ? noTransport : logTransport(log)
}

/** What the service is called in its messages: the name that they come from. */
const productOf = ({ mail, appUrl }: Config) => mail.sender ?? new URL(appUrl).hostname
