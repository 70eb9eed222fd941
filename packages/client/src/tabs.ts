import { createQueue } from './queue.js'
import { isMessage, type Message, type SessionUpdate } from './tab-messages.js'
import type { Tokens } from './tokens.js'

/** The other tabs of this origin. */
export interface Tabs {
  /** Runs while no other tab runs the like. One that had to wait has heard before what came of it. */
  readonly runExclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** What another tab holds; null when there is none, or when nobody answers. */
  readonly ask: () => Promise<Tokens | null>
  readonly broadcast: (update: SessionUpdate) => void
  /** That nothing came of the work, so that nobody waits for news. */
  readonly broadcastNothing: () => void
  readonly close: () => void
}

export interface TabsDeps {
  readonly getTokens: () => Tokens | null
  readonly onUpdate: (update: SessionUpdate) => void
}

// Milliseconds. A tab that the browser has frozen answers nobody.
const answerTimeoutMs = 100
const updateTimeoutMs = 1_000
const lockTimeoutMs = 25_000

/**
 * One refresh for all tabs: whoever has the lock asks the service, the others are told. Without Web Locks (they need a
 * secure context) tabs may race, which the grace interval of the service makes harmless; without BroadcastChannel,
 * or outside a browser, each is alone.
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
        // No lock is to be had where storage is blocked, nor from a tab that is suspended. The work does not throw.
        return queue(work)
      }
    },
    ask() {
      const answer = answers.next()
      post({ kind: 'question' })
      return Promise.race([answer, waitFor(answerTimeoutMs)])
    },
    // A channel does not hear itself, but on this page, too, somebody may wait.
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

/** What any number of askers wait for who come before it. */
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

/** What is used of a browser, where there is one: this also runs on servers and phones. */
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
