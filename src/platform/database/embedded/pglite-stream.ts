import { Duplex } from 'node:stream'
import type { PGlite } from '@electric-sql/pglite'

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const TERMINATE = 'X'.charCodeAt(0)
const SYNC = encodeMessage('S', '')

// Sync first: after an error in the extended protocol the backend ignores all messages until a Sync.
const RESET_SESSION = Buffer.concat([
  SYNC,
  encodeMessage('Q', 'ROLLBACK\0'),
  encodeMessage('Q', 'DISCARD ALL\0'),
])

/**
 * In-process "sockets" between node-postgres and PGlite, so that the embedded database uses the same driver and
 * adapter as a PostgreSQL server.
 *
 * All connections share PGlite's single backend session, so two connections at once can share a transaction. A stream
 * therefore connects only when the previous one has closed, and resets the session when it closes.
 */
export class PGliteStreams {
  readonly #pglite: PGlite
  #allClosed: Promise<unknown> = Promise.resolve()

  constructor(pglite: PGlite) {
    this.#pglite = pglite
  }

  /** A new stream, for the `stream` option of node-postgres. */
  open(): Duplex {
    const stream = new PGliteStream(this.#pglite, this.#allClosed)
    const closed = new Promise((resolve) => stream.once('close', resolve))
    this.#allClosed = Promise.all([this.#allClosed, closed])
    return stream
  }

  /** Resolves when every stream has closed. PGlite may be closed then. */
  async allClosed(): Promise<void> {
    await this.#allClosed
  }
}

class PGliteStream extends Duplex {
  readonly #pglite: PGlite
  readonly #previousClosed: Promise<unknown>
  #connected = false
  #startupReceived = false
  #terminated = false
  #incomplete = Buffer.alloc(0)

  constructor(pglite: PGlite, previousClosed: Promise<unknown>) {
    super()
    this.#pglite = pglite
    this.#previousClosed = previousClosed
  }

  connect(): this {
    void this.#previousClosed.then(() => {
      if (this.destroyed) return
      this.#connected = true
      this.emit('connect')
    })
    return this
  }

  // Methods that node-postgres calls on a TCP socket.
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }

  override _read() {
    // Answers are pushed as they arrive: the engine cannot be paused in the middle of one.
  }

  override _writev(chunks: { chunk: unknown }[], done: (error?: Error | null) => void) {
    const bytes = Buffer.concat([this.#incomplete, ...chunks.map(({ chunk }) => chunk as Buffer)])
    const end = this.#endOfLastMessage(bytes)
    this.#incomplete = bytes.subarray(end)
    this.#send(bytes.subarray(0, end)).then(() => {
      done()
    }, done)
  }

  override _final(done: (error?: Error | null) => void) {
    this.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void) {
    // The session outlives the connection: the next one must not inherit an open transaction.
    const reset =
      this.#connected && !this.#pglite.closed ? this.#execute(RESET_SESSION, () => undefined) : null
    Promise.resolve(reset).then(
      () => {
        done(error)
      },
      (failure: unknown) => {
        done(error ?? (failure as Error))
      },
    )
  }

  // The engine needs complete messages. Each starts with a type and a length, except the first one (the start-up
  // packet), which has no type.
  #endOfLastMessage(bytes: Buffer): number {
    if (!this.#startupReceived) {
      const length = bytes.length < 4 ? Infinity : bytes.readInt32BE(0)
      if (bytes.length < length) return 0
      this.#startupReceived = true
      return length
    }
    let end = 0
    while (!this.#terminated && bytes.length - end >= 5) {
      if (bytes[end] === TERMINATE) {
        this.#terminated = true
        break
      }
      const next = end + 1 + bytes.readInt32BE(end + 1)
      if (next > bytes.length) break
      end = next
    }
    return end
  }

  async #send(messages: Buffer) {
    if (messages.length === 0) return
    await this.#execute(messages, (data) => {
      // A copy: `data` is a view of the engine's memory.
      this.push(Buffer.from(data))
    })
  }

  #execute(messages: Buffer, onRawData: (data: Uint8Array) => void): Promise<void> {
    return this.#pglite.runExclusive(() =>
      this.#pglite.execProtocolRawStream(messages, { onRawData }),
    )
  }
}

function encodeMessage(type: string, body: string): Buffer {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body))
  bytes.write(type, 0)
  bytes.writeInt32BE(bytes.length - 1, 1)
  bytes.write(body, 5)
  return bytes
}
