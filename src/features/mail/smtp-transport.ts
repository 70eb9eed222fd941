import { domainToASCII } from 'node:url'
import type * as Nodemailer from 'nodemailer'
import { isLoopback } from '../../platform/http/loopback.js'
import type { OutgoingMail, Transport } from './transport.js'
import { Undeliverable, Unreachable } from './transport.js'

export interface SmtpOptions {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://host:465`. */
  readonly url: string
  /** `no-reply@example.com` or `Example <no-reply@example.com>`. */
  readonly from: string
}

// In milliseconds. A slower relay causes a retry.
const connectTimeoutMs = 10_000
const socketTimeoutMs = 20_000

const pool = {
  pool: true,
  maxConnections: 5,
  // One immediate retry, for relays that close a connection after a number of e-mails. The outbox counts all other
  // retries under a claim.
  maxRequeues: 1,
  idleTimeout: 5_000,
  connectionTimeout: connectTimeoutMs,
  greetingTimeout: connectTimeoutMs,
  dnsTimeout: connectTimeoutMs,
  socketTimeout: socketTimeoutMs,
  disableFileAccess: true,
  disableUrlAccess: true,
} as const

// Permanent failures that concern the e-mail and not the sender (RFC 5321 §4.2.1).
const messageCommands = new Set(['RCPT TO', 'DATA'])

/** Sends e-mails to a relay with SMTP. */
export function createSmtpTransport({ url, from }: SmtpOptions): Transport {
  const senderDomain = domainToASCII(from.slice(from.lastIndexOf('@') + 1).replace('>', ''))
  let transporterPromise: Promise<ReturnType<typeof connect>> | undefined
  let currentTransporter: ReturnType<typeof connect> | undefined
  const openTransporter = async () =>
    (currentTransporter = connect(await import('nodemailer'), url)) // lazy: the import takes 60 ms, and few starts need it

  return {
    async send(mail, signal) {
      const transporter = await (transporterPromise ??= openTransporter())
      try {
        await transporter.sendMail({ ...toMessage(mail, senderDomain), from, signal })
      } catch (error) {
        throw classifyError(error as SmtpError)
      }
    },
    close: () => currentTransporter?.close(),
  }
}

/**
 * Requires TLS for a password unless the relay is on this machine: an attacker on the network could remove STARTTLS
 * from the relay's response.
 */
function connect({ createTransport }: typeof Nodemailer, url: string) {
  const { hostname, password, searchParams } = new URL(url)
  const hasTlsSetting = searchParams.has('requireTLS')
  const requireTLS = password !== '' && !isLoopback(hostname)
  return createTransport({ url, ...pool, ...(!hasTlsSetting && { requireTLS }) })
}

const toMessage = ({ id, to, date, subject, html, text }: OutgoingMail, senderDomain: string) => ({
  to: { name: '', address: to },
  messageId: `<${id}@${senderDomain}>`,
  date,
  subject,
  html,
  text,
  headers: {
    // RFC 3834 §5: prevents automatic replies such as vacation notices.
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
  },
})

interface SmtpError extends Error {
  readonly code?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
}

function classifyError(error: SmtpError): Error {
  const { responseCode, command = '', response } = error
  const message = response ?? error.message
  if (responseCode === undefined) return new Unreachable(message, { cause: error })
  if (responseCode >= 500 && responseCode !== 503 && messageCommands.has(command)) {
    return new Undeliverable(message, { cause: error })
  }
  // A reply before a recipient is named concerns all e-mails.
  return messageCommands.has(command) ? error : new Unreachable(message, { cause: error })
}
