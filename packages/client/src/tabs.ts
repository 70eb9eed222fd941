import { createQueue } from './queue.js'
import { isMessage, type Message, type SessionUpdate } from './tab-messages.js'
import type { Tokens } from './tokens.js'

/** The connection to the other tabs of this origin. */
export interface Tabs {
  /**
   * Runs the work while no other tab runs such work. A tab that had to wait has received the result of the other tab
   * before.
   */
  readonly runExclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** The tokens of another tab. Null when there are none, or when no tab answers. */
  readonly ask: () => Promise<Tokens | null>
  readonly broadcast: (update: SessionUpdate) => void
  /** Tells waiting tabs that the work changed nothing. */
  readonly broadcastNothing: () => void
  readonly close: () => void
}

export interface TabsDeps {
  readonly getTokens: () => Tokens | null
  readonly onUpdate: (update: SessionUpdate) => void
}

// In milliseconds. A tab that the browser has frozen does not answer.
const answerTimeoutMs = 100
const updateTimeoutMs = 1_000
const lockTimeoutMs = 25_000

/**
 * Allows one refresh for all tabs: the tab with the lock calls the service and tells the others. Without Web Locks
 * (they need a secure context), tabs may race. The grace interval of the service makes this harmless. Without
 * BroadcastChannel, or outside a browser, each tab is alone.
 */
export function connectTabs(name: string, { getTokens, onUpdate }: TabsDeps): Tabs {
  const { document, BroadcastChannel, navigator } = globalThis as unknown as Browser
  const queue = createQueue()
  if (!document || !BroadcastChannel) return { ...noTabs, runExclusively: queue }
  const locks = navigator?.locks
  const channel = new BroadcastChannel(name)
  const update = createSignal<null>()
  const answers = createSignal<Tokens>()
  let isOpen = true

  const post = (message: Message) => {
    if (isOpen) channel.postMessage(message)
  }

  channel.addEventListener('message', ({ data }) => {
    if (!isMessage(data)) return
    switch (data.kind) {
      case 'question': {
        const tokens = getTokens()
        if (tokens) post({ kind: 'answer', tokens })
        return
      }
      case 'answer':
        answers.fire(data.tokens)
        return
      case 'nothing':
        update.fire(null)
        return
      default:
        onUpdate(data)
        update.fire(null)
    }
  })

  return {
    async runExclusively<T>(work: () => Promise<T>): Promise<T> {
      if (!locks) return queue(work)
      const upcoming = update.next()
      const runIfFree = async (lock: unknown) => (lock ? { result: await work() } : null)
      const runAfterUpdate = async () => {
        await Promise.race([upcoming, waitFor(updateTimeoutMs)])
        return work()
      }
      try {
        const free = await locks.request(name, { ifAvailable: true }, runIfFree)
        if (free) return free.result
        return await locks.request(
          name,
          { signal: AbortSignal.timeout(lockTimeoutMs) },
          runAfterUpdate,
        )
      } catch {
        // Blocked storage and suspended tabs prevent the lock. The work itself does not throw.
        return queue(work)
      }
    },
    ask() {
      const answer = answers.next()
      post({ kind: 'question' })
      return Promise.race([answer, waitFor(answerTimeoutMs)])
    },
    // A channel does not receive its own messages, but callers on this page may wait as well.
    broadcast: (message) => {
      post(message)
      update.fire(null)
    },
    broadcastNothing: () => {
      post({ kind: 'nothing' })
      update.fire(null)
    },
    close: () => {
      isOpen = false
      channel.close()
    },
  }
}

const noTabs = {
  ask: () => Promise.resolve(null),
  broadcast: () => undefined,
  broadcastNothing: () => undefined,
  close: () => undefined,
}

const waitFor = (ms: number) => new Promise<null>((resolve) => setTimeout(resolve, ms, null))

/** A signal for all callers that wait before the next `fire`. */
function createSignal<T>() {
  let resolve: (value: T) => void = () => undefined
  const renew = () => new Promise<T>((done) => (resolve = done))
  let upcoming = renew()
  return {
    next: () => upcoming,
    fire(value: T) {
      resolve(value)
      upcoming = renew()
    },
  }
}

/** The browser APIs in use. All are optional: this code also runs on servers and phones. */
interface Browser {
  readonly document?: unknown
  readonly BroadcastChannel?: new (name: string) => {
    postMessage: (message: Message) => void
    addEventListener: (type: 'message', listener: (event: { data: unknown }) => void) => void
    close: () => void
  }
  readonly navigator?: { readonly locks?: Locks }
}

interface Locks {
  request: <T>(
    name: string,
    options: { ifAvailable?: boolean; signal?: AbortSignal },
    work: (lock: unknown) => Promise<T>,
  ) => Promise<T>
}
