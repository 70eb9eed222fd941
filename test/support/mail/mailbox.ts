import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A message as the relay accepted it. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** The source, including headers. */
  readonly source: string
  readonly mail: Email
}

export interface Mailbox {
  /** For SMTP_URL. */
  readonly url: string
  readonly received: ReceivedMail[]
  /** The messages to one address. */
  readonly to: (address: string) => ReceivedMail[]
  readonly close: () => Promise<void>
}

/** The relay's error answer, or null to accept the message. */
export type Refuse = (stage: 'mail' | 'rcpt' | 'data', address: string) => Error | null

/** An SMTP answer. */
export const smtpError = (responseCode: number, message: string) =>
  Object.assign(new Error(message), { responseCode })

export interface MailboxOptions {
  readonly port?: number
  readonly refuse?: Refuse
  readonly server?: SMTPServerOptions
}

/** A real SMTP relay that stores accepted messages. */
export async function startMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const { refuse = () => null } = options
  const received: ReceivedMail[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    onMailFrom: (address, _session, callback) => {
      callback(refuse('mail', address.address))
    },
    onRcptTo: (address, _session, callback) => {
      callback(refuse('rcpt', address.address))
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        const refusal = refuse('data', to[0] ?? '')
        if (refusal) {
          callback(refusal)
          return
        }
        const source = Buffer.concat(chunks).toString()
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : ''
        void PostalMime.parse(source).then((mail) => {
          received.push({ from, to, source, mail })
          callback(null)
        })
      })
    },
    ...options.server,
  })
  server.on('error', () => undefined) // a client that was killed
  const listening = server.listen(options.port ?? 0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    to: (address) => received.filter(({ to }) => to.includes(address)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
      }),
  }
}

/** Accepts connections and never answers. */
export async function startSilentServer(port = 0) {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
