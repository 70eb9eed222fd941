import type { Logger } from 'pino'

/** A rendered e-mail. */
export interface OutgoingMail {
  /** The same for every try, so that recipients can detect duplicates (RFC 5322 §3.6.4). */
  readonly id: string
  /** The name of its EmailKind. */
  readonly kind: string
  readonly to: string
  readonly date: Date
  readonly subject: string
  readonly html: string
  readonly text: string
  /** The URL of the link. Null without a link. */
  readonly url: string | null
}

/** The transport of e-mails. */
export interface Transport {
  /**
   * Resolves when the next system has accepted the e-mail. Throws Undeliverable for a permanent failure. All other
   * errors cause a retry.
   */
  readonly send: (mail: OutgoingMail, signal: AbortSignal) => Promise<void>
  readonly close: () => void
}

/** A permanent failure: no retry can deliver this e-mail. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable'
}

/** The relay is not reachable. Other e-mails would fail as well. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** For development without a relay: developers open the links from the log. */
export const createLogTransport = (log: Logger): Transport => ({
  send({ kind, to, subject, url }) {
    log.info(
      { kind, to, subject, ...(url !== null && { link: url }) },
      'e-mail written to the log because SMTP_URL is not set',
    )
    return Promise.resolve()
  },
  close: () => undefined,
})

/** In production the log must not contain links: every reader of the log could set the password. */
export const rejectingTransport: Transport = {
  send: () => Promise.reject(new Undeliverable('SMTP_URL is not set')),
  close: () => undefined,
}
