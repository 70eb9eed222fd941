import { createQueue } from './queue.js'
import { isMessage, type Message, type News } from './tab-messages.js'
import type { Tokens } from './tokens.js'

/** The other tabs of this origin. */
export interface Tabs {
  /** Runs while no other tab runs the like. One that had to wait has heard before what came of it. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** What another tab holds; null when there is none, or when nobody answers. */
  readonly ask: () => Promise<Tokens | null>
  readonly tell: (news: News) => void
  /** That nothing came of the work, so that nobody waits for news. */
  readonly giveUp: () => void
  readonly close: () => void
}

export interface TabsNeeds {
  readonly held: () => Tokens | null
  readonly heard: (news: News) => void
}

// Milliseconds. A tab that the browser has frozen answers nobody.
const answerTime = 100
const newsTime = 1_000
const lockTime = 25_000

/**
 * One refresh for all tabs: whoever has the lock asks the service, the others are told. Without Web Locks (they need a
 * secure context) tabs may race, which the grace interval of the service makes harmless; without BroadcastChannel,
 * or outside a browser, each is alone.
 */
export function joinTabs(name: string, { held, heard }: TabsNeeds): Tabs {
  const { document, BroadcastChannel, navigator } = globalThis as unknown as Browser
  const queue = createQueue()
  if (!document || !BroadcastChannel) return { ...alone, exclusively: queue }
  const locks = navigator?.locks
  const channel = new BroadcastChannel(name)
  const news = createSignal<null>()
  const answers = createSignal<Tokens>()
  let open = true

  const say = (message: Message) => {
    if (open) channel.postMessage(message)
  }

  channel.addEventListener('message', ({ data }) => {
    if (!isMessage(data)) return
    switch (data.kind) {
      case 'question': {
        const tokens = held()
        if (tokens) say({ kind: 'answer', tokens })
        return
      }
      case 'answer':
        answers.fire(data.tokens)
        return
      case 'nothing':
        news.fire(null)
        return
      default:
        heard(data)
        news.fire(null)
    }
  })

  return {
    async exclusively<T>(work: () => Promise<T>): Promise<T> {
      if (!locks) return queue(work)
      const upcoming = news.next()
      const ifFree = async (lock: unknown) => (lock ? { result: await work() } : null)
      const late = async () => {
        await Promise.race([upcoming, pause(newsTime)])
        return work()
      }
      try {
        const free = await locks.request(name, { ifAvailable: true }, ifFree)
        if (free) return free.result
        return await locks.request(name, { signal: AbortSignal.timeout(lockTime) }, late)
      } catch {
        // No lock is to be had where storage is blocked, nor from a tab that is suspended. The work does not throw.
        return queue(work)
      }
    },
    ask() {
      const answer = answers.next()
      say({ kind: 'question' })
      return Promise.race([answer, pause(answerTime)])
    },
    // A channel does not hear itself, but on this page, too, somebody may wait.
    tell: (message) => {
      say(message)
      news.fire(null)
    },
    giveUp: () => {
      say({ kind: 'nothing' })
      news.fire(null)
    },
    close: () => {
      open = false
      channel.close()
    },
  }
}

const alone = {
  ask: () => Promise.resolve(null),
  tell: () => undefined,
  giveUp: () => undefined,
  close: () => undefined,
}

const pause = (time: number) => new Promise<null>((resolve) => setTimeout(resolve, time, null))

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
