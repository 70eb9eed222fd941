import type { Logger } from 'pino'

/** A message as it goes out. */
export interface OutgoingMail {
  /** Stable over every try: who gets it twice can tell (RFC 5322 §3.6.4). */
  readonly id: string
  /** The name of its EmailKind. */
  readonly kind: string
  readonly to: string
  readonly date: Date
  readonly subject: string
  readonly html: string
  readonly text: string
  /** What its link opens; null where there is none. */
  readonly url: string | null
}

/** Where messages go. */
export interface Transport {
  /**
   * Resolves when somebody has taken the responsibility for the message. Throws Undeliverable when nobody ever will;
   * whatever else it throws is worth another try.
   */
  readonly send: (mail: OutgoingMail, signal: AbortSignal) => Promise<void>
  readonly close: () => void
}

/** This message will not be taken, however often it is tried. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable'
}

/** The relay could not be reached: the next message would fare no better. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** For a newcomer without a relay: the link in the log lets them go on. */
export const createLogTransport = (log: Logger): Transport => ({
  send({ kind, to, subject, url }) {
    log.info({ kind, to, subject, ...(url !== null && { link: url }) }, 'a message (no SMTP_URL)')
    return Promise.resolve()
  },
  close: () => undefined,
})

/** In production a link belongs in nobody's log: whoever reads it could set the password. */
export const rejectingTransport: Transport = {
  send: () => Promise.reject(new Undeliverable('SMTP_URL is not set')),
  close: () => undefined,
}
