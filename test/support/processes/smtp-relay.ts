import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import type { SMTPServerOptions } from 'smtp-server'
import type { TestApp } from '../app/app.js'
import { smtpError, startMailbox, type Refuse } from '../mail/mailbox.js'

/** What becomes of connections: none is taken, nothing is said, they break while a message travels. */
export type ConnectionMode = 'open' | 'closed' | 'silent' | 'breaking'

/** A message as a client offered it, whatever the relay answered. */
interface OfferedMessage {
  readonly to: string
  readonly id: string
  /** In the link; null where there is none. */
  readonly token: string | null
  readonly mail: Email
  readonly accepted: boolean
}

/** Resolves when the answer to an offered message may go out. */
type Hold = (message: Omit<OfferedMessage, 'accepted'>) => Promise<void> | void

/** A relay at one address, whatever happens to it: it can be gone, silent, breaking off, refusing, slow. */
export async function startRelay({ server = {} }: { server?: SMTPServerOptions } = {}) {
  const offered: OfferedMessage[] = []
  let refuse: Refuse = () => null
  let hold: Hold = () => undefined
  let currentToken = ''

  const mailbox = await startMailbox({
    refuse: (stage, email) => refuse(stage, email),
    server: {
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          void PostalMime.parse(Buffer.concat(chunks)).then(async (mail) => {
            const to = session.envelope.rcptTo[0]?.address ?? ''
            const [, token = null] = /[?&]token=([\w-]+)/.exec(mail.text ?? '') ?? []
            const message = { to, id: mail.messageId ?? '', token, mail }
            const held = hold(message)
            currentToken = token ?? ''
            const refusal = refuse('data', to)
            offered.push({ ...message, accepted: !refusal })
            await held
            callback(refusal)
          })
        })
      },
      ...server,
    },
  })

  const proxy = await startProxy(Number(new URL(mailbox.url).port))
  return {
    url: proxy.url,
    /** All that was offered, the refused ones among them. */
    offered,
    /** The token in the link of what it is about to answer. */
    currentToken: () => currentToken,
    accepted: () => offered.filter(({ accepted }) => accepted),
    to: (email: string) => offered.filter(({ to }) => to === email),
    connections: proxy.connections,
    setMode: proxy.setMode,
    /** What it answers from now on. */
    setRefusal: (how: Refuse) => (refuse = how),
    setHold: (how: Hold) => (hold = how),
    /** As it was at first. */
    reset: async () => {
      refuse = () => null
      hold = () => undefined
      await proxy.setMode('open')
    },
    close: async () => {
      await proxy.setMode('closed')
      await mailbox.close()
    },
  }
}

/** Where clients connect to; passes on what they say, or not. */
async function startProxy(relayPort: number) {
  const sockets = new Set<Socket>()
  let mode: ConnectionMode = 'open'
  let connections = 0
  const server = createServer((client) => {
    connections += 1
    sockets.add(client.on('error', () => undefined))
    if (mode === 'silent') return
    const relay = connect(relayPort, '127.0.0.1')
    sockets.add(relay.on('error', () => undefined))
    relay.pipe(client)
    relay.on('close', () => client.destroy())
    client.on('close', () => relay.destroy())
    client.on('data', (chunk: Buffer) => {
      if (mode === 'breaking' && chunk.includes('Message-ID:')) client.destroy()
      else relay.write(chunk)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `smtp://127.0.0.1:${port}`,
    /** How many there were so far. */
    connections: () => connections,
    setMode: async (next: ConnectionMode) => {
      if (next === mode) return
      mode = next
      for (const socket of sockets) socket.destroy()
      sockets.clear()
      if (mode === 'closed' && server.listening) await once(server.close(), 'close')
      if (mode !== 'closed' && !server.listening) {
        await once(server.listen(port, '127.0.0.1'), 'listening')
      }
    },
  }
}

/** Refuses what is for that address, at that stage. */
export const createRefusal =
  (email: string, stage: Parameters<Refuse>[0], code: number, text: string): Refuse =>
  (currentStage, to) =>
    currentStage === stage && (to === email || stage === 'mail') ? smtpError(code, text) : null

/** The messages to an address as they are stored, the oldest first. */
export const findEmailJobs = ({ db }: Pick<TestApp, 'db'>, recipient: string) =>
  db.outboxMessage.findMany({ where: { recipient }, orderBy: { id: 'asc' } })

/** Runs what is done from time to time. */
export async function runJob({ app }: TestApp, name: string) {
  const job = app.services.jobs.find((each) => each.name === name)
  if (!job) throw new Error(`there is no job ${name}`)
  await job.run(new AbortController().signal)
}
