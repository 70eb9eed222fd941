import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import type { Answer, openRefreshWorld } from './refresh-world.js'

type World = Awaited<ReturnType<typeof openRefreshWorld>>

// What real time adds to virtual time is less than this.
const noiseMs = 1_000
// Of @latchkey/client.
const patienceMs = 10_000
// Access tokens live longer. Two rotations while the same late retry is on its way a second time would look like a theft.
const restMs = 30_000

type Fate = 'delivered' | 'request lost' | 'response lost' | 'body lost'

/** Which attempt it sends: that of the storage, one that crosses it there, or none, as an older version of the application. */
type Sends = 'shared' | 'own' | 'none'

/** One of the tabs that refresh at once. */
interface Tab {
  readonly replica: number
  readonly fate: Fate
  readonly sends: Sends
}

type Step =
  | { do: 'wait'; ms: number }
  | { do: 'refresh'; tabs: Tab[] }
  /** A replica whose connection to the database goes silent, once so many statements have passed. */
  | { do: 'stall'; replica: number; passing: number; ms: number }
  | { do: 'steal' }
  | { do: 'use'; token: number; attempt: 'none' | 'copied' | 'own'; replica: number }

export interface History {
  graceMs: number
  /** With COOKIE the token is where no script reads it, and the attempt is in the storage. */
  transport: 'BODY' | 'COOKIE'
  /** Whether one tab refreshes at a time. Without, a cookie may be overwritten by an older one, which nothing can cure. */
  locks: boolean
  steps: Step[]
}

const replica = fc.integer({ min: 0, max: 2 })
const tab = fc.record({
  replica,
  fate: fc.constantFrom<Fate>('delivered', 'request lost', 'response lost', 'body lost'),
  sends: fc.constantFrom<Sends>('shared', 'own', 'none'),
})
const honest = [
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(500, 3_000, 8_000, 15_000, 40_000, 600_000, 3_600_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('refresh' as const),
      tabs: fc.array(tab, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('stall' as const),
      replica,
      passing: fc.integer({ min: 0, max: 2 }),
      ms: fc.constantFrom(2_000, 9_000, 14_000, 20_000),
    }),
  },
]
const thief = [
  { weight: 1, arbitrary: fc.record({ do: fc.constant('steal' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('use' as const),
      token: fc.nat(5),
      attempt: fc.constantFrom('none' as const, 'copied' as const, 'own' as const),
      replica,
    }),
  },
]

const stepsOf = (...kinds: fc.WeightedArbitrary<Step>[]) =>
  fc.array(fc.oneof(...kinds), { minLength: 4, maxLength: 14 })

/** Half of them without a thief. */
export const histories: fc.Arbitrary<History> = fc
  .record({
    graceMs: fc.constantFrom(10_000, 30_000),
    transport: fc.constantFrom('BODY' as const, 'COOKIE' as const),
    locks: fc.boolean(),
    steps: fc.oneof(stepsOf(...honest), stepsOf(...honest, ...thief)),
  })
  .map((history) => ({ ...history, locks: history.locks || history.transport === 'COOKIE' }))

const tabOn = (replica: number, fate: Fate, sends: Sends = 'shared'): Tab => ({
  ...{ replica, fate, sends },
})
const withoutLocks = { graceMs: 10_000, transport: 'BODY', locks: false } as const

/** Histories that are too rare to wait for. */
export const rareHistories: History[] = [
  // Two tabs overwrite each other's attempt, and neither gets a response.
  {
    ...withoutLocks,
    steps: [
      { do: 'refresh', tabs: [tabOn(1, 'response lost', 'own'), tabOn(2, 'response lost', 'own')] },
      { do: 'wait', ms: 40_000 },
    ],
  },
  // A tab waits for a silent database while others refresh twice, further apart than the grace interval.
  {
    ...withoutLocks,
    steps: [
      { do: 'stall', replica: 0, passing: 0, ms: 20_000 },
      { do: 'refresh', tabs: [tabOn(0, 'delivered'), tabOn(1, 'delivered')] },
      { do: 'wait', ms: 15_000 },
      { do: 'refresh', tabs: [tabOn(1, 'delivered')] },
      { do: 'wait', ms: 8_000 },
    ],
  },
]

interface Sent {
  readonly by: 'owner' | 'thief'
  readonly generation: number
  readonly attempt: string | null
  readonly arrivedMs: number
}

/** Plays a history, and throws where it breaks a promise. */
export async function play(world: World, history: History) {
  try {
    await playSteps(world, history)
  } finally {
    for (const connection of world.connections) connection.resume()
  }
}

async function playSteps(world: World, { graceMs, transport, locks, steps }: History) {
  const first = await world.signIn()
  /** What the owner's tabs have in common. */
  const storage = { token: first, attempt: null as string | null }
  const owner = { isSignedOut: false, awaitsUntilMs: -Infinity, restsUntilMs: -Infinity }

  const loot = { tokens: [] as string[], attempts: [] as string[], isUsed: false }
  const own = newAttempt()

  const sent: Sent[] = []
  const running = new Set<Promise<unknown>>()
  /** The one text of each generation that was handed out. */
  const handedOut = new Map([[1, first]])
  /** When each generation was replaced. */
  const replacedMs = new Map<number, number>()

  function check(condition: boolean, promise: string) {
    if (!condition) throw new Error(`broken promise: ${promise}`)
  }

  /** Sends a refresh, and checks what comes of it when it has run. */
  async function send(by: Sent['by'], index: number, token: string, attempt: string | null) {
    const generation = world.generationOf(token)
    const arrivedMs = world.nowMs()
    const one: Sent = { by, generation, attempt, arrivedMs }
    const before = [...sent]
    sent.push(one)
    if (by === 'thief') loot.isUsed = true
    const answer = await world.refresh(index, token, attempt, graceMs)
    if (answer.refreshToken === undefined) {
      check(by === 'thief' || loot.isUsed, `no thief, and the owner is signed out: ${answer.kind}`)
      return answer
    }
    const successor = world.generationOf(answer.refreshToken)
    const known = handedOut.get(successor)
    check(known === undefined || known === answer.refreshToken, 'one token of each generation')
    if (known === undefined) {
      handedOut.set(successor, answer.refreshToken)
      replacedMs.set(successor - 1, world.nowMs())
    }
    const endOfGrace = (replacedMs.get(generation) ?? Infinity) + graceMs + noiseMs
    if (arrivedMs > endOfGrace) {
      const isRepeat = before.some(
        (earlier) =>
          attempt !== null &&
          earlier.attempt === attempt &&
          earlier.generation === generation &&
          earlier.arrivedMs < endOfGrace,
      )
      check(isRepeat && successor === generation + 1, 'after the grace interval only repeats pass')
    }
    return answer
  }

  /** Remembers what runs, so that time can wait for it. */
  function run<T>(work: Promise<T>) {
    const tracked = work.finally(() => running.delete(tracked))
    running.add(tracked)
    tracked.catch(() => undefined)
    return tracked
  }

  const { connections } = world
  const isBusy = () => connections.some(({ isStalled }) => isStalled())
  async function settle() {
    if (!isBusy()) await Promise.all(running)
    else await world.quiet()
  }

  async function wait(ms: number) {
    const endMs = world.nowMs() + ms
    for (;;) {
      const next = Math.min(...connections.map(({ untilMs }) => untilMs))
      if (next > endMs) break
      world.advance(Math.max(0, next - world.nowMs()))
      for (const one of connections.filter(({ untilMs }) => untilMs <= next)) {
        one.resume()
      }
      await settle()
    }
    world.advance(Math.max(0, endMs - world.nowMs()))
  }

  /** As @latchkey/client does it. */
  async function refreshInTab({ replica: index, fate }: Tab, sends: Sends) {
    const { token } = storage
    const sendsAttempt = sends !== 'none'
    if (sends === 'own') storage.attempt = newAttempt()
    const attempt = sendsAttempt ? (storage.attempt ??= newAttempt()) : null
    if (fate === 'request lost') return
    const leftMs = world.nowMs()
    owner.awaitsUntilMs = leftMs + patienceMs
    const answer = await send('owner', index, token, attempt)
    const isLate = world.nowMs() > leftMs + patienceMs
    owner.awaitsUntilMs = -Infinity
    // Whoever sends no attempt is promised nothing when the response is lost.
    if (sendsAttempt && (fate === 'response lost' || isLate)) return
    // A browser takes the cookie from the headers.
    if (transport === 'COOKIE' && answer.refreshToken) storage.token = answer.refreshToken
    if (sendsAttempt && fate === 'body lost') return
    take(answer, token, attempt)
  }

  function take(answer: Answer, token: string, attempt: string | null) {
    if (answer.refreshToken === undefined) {
      owner.isSignedOut = true
      return
    }
    if (transport === 'BODY' && ![token, answer.refreshToken].includes(storage.token)) return
    storage.token = answer.refreshToken
    if (storage.attempt === attempt) storage.attempt = null
    const ageMs = world.nowMs() - (replacedMs.get(world.generationOf(token)) ?? Infinity)
    if (ageMs > graceMs) owner.restsUntilMs = world.nowMs() + restMs
  }

  async function refresh(tabs: Tab[]) {
    if (owner.isSignedOut || world.nowMs() < owner.restsUntilMs) return
    if (locks) {
      const [one] = tabs
      if (one && world.nowMs() > owner.awaitsUntilMs) {
        void run(refreshInTab(one, 'shared'))
      }
    } else {
      // A value that the service has not seen is recognized from its arrival within the grace interval on.
      const isLate = storage.attempt !== null || isBusy()
      for (const tab of tabs) {
        const mayCross = tab.sends !== 'own' || tab.fate !== 'request lost'
        void run(refreshInTab(tab, isLate || !mayCross ? 'shared' : tab.sends))
      }
    }
    await settle()
  }

  async function use(index: number, token: string | undefined, attempt: string | null) {
    if (token === undefined) return null
    const answer = await send('thief', index, token, attempt)
    if (answer.refreshToken !== undefined) loot.tokens.push(answer.refreshToken)
    return answer
  }

  for (const step of steps) {
    switch (step.do) {
      case 'wait':
        await wait(step.ms)
        break
      case 'refresh':
        await refresh(step.tabs)
        break
      case 'stall': {
        connections[step.replica]?.stall(world.nowMs() + step.ms, step.passing)
        break
      }
      case 'steal':
        loot.tokens.push(storage.token)
        if (storage.attempt !== null) loot.attempts.push(storage.attempt)
        break
      case 'use': {
        const attempt = { none: null, own, copied: loot.attempts.at(-1) ?? null }[step.attempt]
        void run(use(step.replica, loot.tokens.at(-1 - step.token), attempt))
        await settle()
      }
    }
  }

  // The end: everything arrives, and the owner goes on. Twice, because a copied attempt is worth one refresh more.
  await wait(60_000)
  await Promise.all(running)
  for (let i = 0; i < 2; i += 1) {
    await refresh([{ replica: i, fate: 'delivered', sends: 'shared' }])
    await Promise.all(running)
    await wait(60_000)
  }
  check(loot.isUsed || !owner.isSignedOut, 'no thief, and the owner is signed out')
  const live = await world.liveGenerations(first)
  check(live.length === 1, 'one line of tokens')
  check(live[0] === Math.max(...handedOut.keys()), 'the newest token is the live one')
  for (const token of new Set(loot.tokens)) {
    for (const attempt of new Set([null, own, ...loot.attempts])) {
      const answer = await use(0, token, attempt)
      check(answer?.refreshToken === undefined, 'no thief survives the next refresh of the owner')
      if (answer?.kind === 'session-ended') return
    }
  }
}

const newAttempt = () => randomBytes(32).toString('base64url')
