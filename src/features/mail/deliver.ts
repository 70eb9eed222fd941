import type { Logger } from 'pino'
import { after, type Clock } from '../../platform/clock.js'
import type { Sealer } from '../../platform/crypto/sealer.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import type { Letter } from './message-kinds.js'
import {
  claimMessages,
  dropMessage,
  finishMessage,
  keepToken,
  postponeMessage,
  type ClaimedMessage,
} from './outbox.store.js'
import type { Templates } from './templates.js'
import { Undeliverable, Unreachable, type OutgoingMail, type Transport } from './transport.js'

export interface PreparedLetter {
  readonly letter: Letter
  /** The token in its link, to be used again when the message has to be tried again. */
  readonly token: string | null
}

/**
 * Turns a message into a letter: looks up who it is for and makes the token in its link, unless `token`, that of an
 * earlier try, still serves. Null when there is nothing to send.
 */
export type PrepareLetter = (
  tx: Tx,
  message: ClaimedMessage,
  token: string | null,
) => Promise<PreparedLetter | null>

export interface DelivererNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly sealer: Sealer
  readonly prepare: PrepareLetter
  readonly templates: Templates
  readonly transport: Transport
  readonly metrics: Metrics
  readonly log: Logger
}

const batchSize = 10

// Milliseconds. A try ends before its lease does: else another replica would send the message a second time.
const lease = 120_000
const longestTry = 60_000

const firstPause = 15_000
const longestPause = 5 * 60_000

// Between two looks for a relay that is away.
const rest = 5_000

/** What became of one message: the relay answered, could not be reached, or was not asked. */
type Result = 'answered' | 'unreachable' | 'not-asked'

export type Deliverer = ReturnType<typeof createDeliverer>

/**
 * Sends what the outbox has. A message is claimed, sent and marked in three steps, with no transaction open while the
 * relay talks. Whoever dies in between leaves a lease that lapses; if the relay had taken the message by then, it is
 * sent twice, under one Message-ID: SMTP has no way to ask.
 */
export function createDeliverer(needs: DelivererNeeds) {
  const { database, clock, sealer, prepare, templates, transport, metrics, log } = needs
  const { db } = database

  async function deliver(message: ClaimedMessage, signal: AbortSignal): Promise<Result> {
    let mail: OutgoingMail | null
    try {
      mail = await makeMail(message)
    } catch (error) {
      log.error({ err: error, message: message.id }, 'a message could not be written')
      await fail(message, new Error('it could not be written: see the log'))
      return 'not-asked'
    }
    if (!mail) {
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
    await finishMessage(db, message, {
      status: 'SENT',
      finishedAt: clock.now(),
      lastError: null,
    })
    return 'answered'
  }

  async function makeMail(message: ClaimedMessage): Promise<OutgoingMail | null> {
    const earlier = await openToken(message)
    const letter = await database.transaction(async (tx) => {
      const prepared = await prepare(tx, message, earlier)
      if (!prepared || prepared.token === earlier || prepared.token === null) return prepared
      const kept = await keepToken(tx, message, await sealer.seal(prepared.token))
      return kept ? prepared : null // somebody else has it by now
    })
    if (!letter) return null
    const { id, kind, recipient: to, createdAt: date } = message
    const { url } = letter.letter
    return { id, kind, to, date, url, ...templates.render(letter.letter) }
  }

  /** The secret that sealed it may have left AUTH_SECRET: then it gets another token. */
  const openToken = ({ sealedToken }: ClaimedMessage) =>
    sealedToken === null ? null : sealer.open(sealedToken).catch(() => null)

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
    if (results.includes('unreachable')) {
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
    deliverDue: async (signal: AbortSignal) => {
      for (;;) {
        const now = clock.now()
        if (signal.aborted || (awayUntil && now < awayUntil)) return
        const limit = awayUntil ? 1 : batchSize
        const messages = await claimMessages(db, { now, leaseEnd: after(now, lease), limit })
        if (messages.length === 0) return
        note(await Promise.all(messages.map((message) => deliver(message, signal))))
      }
    },
  }
}

// What a relay answers is its own text: enough of it to tell why, and nothing that forges lines.
const printable = (text: string) =>
  text
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 300)
