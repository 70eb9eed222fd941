import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import type { RefreshAnswer, startRefreshSimulation } from './refresh-simulation.js'

type RefreshSimulation = Awaited<ReturnType<typeof startRefreshSimulation>>

// What real time adds to virtual time is less than this.
const realTimeToleranceMs = 1_000
// Of @latchkey/client.
const clientTimeoutMs = 10_000
// Access tokens live longer. Two rotations while the same late retry is on its way a second time would look like a theft.
const cooldownMs = 30_000

type Delivery = 'delivered' | 'request lost' | 'response lost' | 'body lost'

/** Which attempt it sends: that of the storage, one that crosses it there, or none, as an older version of the application. */
type AttemptSource = 'shared' | 'own' | 'none'

/** One of the tabs that refresh at once. */
interface Tab {
  readonly replica: number
  readonly delivery: Delivery
  readonly attemptSource: AttemptSource
}

type Step =
  | { do: 'wait'; ms: number }
  | { do: 'refresh'; tabs: Tab[] }
  /** A replica whose connection to the database goes silent, once so many statements have passed. */
  | { do: 'stall'; replica: number; passingStatements: number; ms: number }
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
  delivery: fc.constantFrom<Delivery>('delivered', 'request lost', 'response lost', 'body lost'),
  attemptSource: fc.constantFrom<AttemptSource>('shared', 'own', 'none'),
})
const ownerSteps = [
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
      passingStatements: fc.integer({ min: 0, max: 2 }),
      ms: fc.constantFrom(2_000, 9_000, 14_000, 20_000),
    }),
  },
]
const thiefSteps = [
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
    steps: fc.oneof(stepsOf(...ownerSteps), stepsOf(...ownerSteps, ...thiefSteps)),
  })
  .map((history) => ({ ...history, locks: history.locks || history.transport === 'COOKIE' }))

const createTab = (
  replica: number,
  delivery: Delivery,
  attemptSource: AttemptSource = 'shared',
): Tab => ({
  ...{ replica, delivery, attemptSource },
})
const withoutLocks = { graceMs: 10_000, transport: 'BODY', locks: false } as const

/** Histories that are too rare to wait for. */
export const rareHistories: History[] = [
  // Two tabs overwrite each other's attempt, and neither gets a response.
  {
    ...withoutLocks,
    steps: [
      {
        do: 'refresh',
        tabs: [createTab(1, 'response lost', 'own'), createTab(2, 'response lost', 'own')],
      },
      { do: 'wait', ms: 40_000 },
    ],
  },
  // A tab waits for a silent database while others refresh twice, further apart than the grace interval.
  {
    ...withoutLocks,
    steps: [
      { do: 'stall', replica: 0, passingStatements: 0, ms: 20_000 },
      { do: 'refresh', tabs: [createTab(0, 'delivered'), createTab(1, 'delivered')] },
      { do: 'wait', ms: 15_000 },
      { do: 'refresh', tabs: [createTab(1, 'delivered')] },
      { do: 'wait', ms: 8_000 },
    ],
  },
]

interface SentRefresh {
  readonly sender: 'owner' | 'thief'
  readonly generation: number
  readonly attempt: string | null
  readonly arrivedMs: number
}

/** Plays a history, and throws where it breaks a promise. */
export async function playHistory(simulation: RefreshSimulation, history: History) {
  try {
    await playSteps(simulation, history)
  } finally {
    for (const connection of simulation.connections) connection.resume()
  }
}

async function playSteps(
  simulation: RefreshSimulation,
  { graceMs, transport, locks, steps }: History,
) {
  const firstToken = await simulation.signIn()
  /** What the owner's tabs have in common. */
  const storage = { token: firstToken, attempt: null as string | null }
  const owner = { isSignedOut: false, waitsUntilMs: -Infinity, cooldownUntilMs: -Infinity }

  const stolen = { tokens: [] as string[], attempts: [] as string[], isUsed: false }
  const own = newAttempt()

  const sent: SentRefresh[] = []
  const running = new Set<Promise<unknown>>()
  /** The one text of each generation that was handed out. */
  const issuedTokens = new Map([[1, firstToken]])
  /** When each generation was replaced. */
  const replacedAtMs = new Map<number, number>()

  function check(condition: boolean, guarantee: string) {
    if (!condition) throw new Error(`broken promise: ${guarantee}`)
  }

  /** Sends a refresh, and checks what comes of it when it has run. */
  async function send(
    sender: SentRefresh['sender'],
    replicaIndex: number,
    token: string,
    attempt: string | null,
  ) {
    const generation = simulation.generationOf(token)
    const arrivedMs = simulation.nowMs()
    const one: SentRefresh = { sender, generation, attempt, arrivedMs }
    const before = [...sent]
    sent.push(one)
    if (sender === 'thief') stolen.isUsed = true
    const answer = await simulation.refresh(replicaIndex, token, attempt, graceMs)
    if (answer.refreshToken === undefined) {
      check(
        sender === 'thief' || stolen.isUsed,
        `no thief, and the owner is signed out: ${answer.kind}`,
      )
      return answer
    }
    const successor = simulation.generationOf(answer.refreshToken)
    const known = issuedTokens.get(successor)
    check(known === undefined || known === answer.refreshToken, 'one token of each generation')
    if (known === undefined) {
      issuedTokens.set(successor, answer.refreshToken)
      replacedAtMs.set(successor - 1, simulation.nowMs())
    }
    const graceEndMs = (replacedAtMs.get(generation) ?? Infinity) + graceMs + realTimeToleranceMs
    if (arrivedMs > graceEndMs) {
      const isRepeat = before.some(
        (earlier) =>
          attempt !== null &&
          earlier.attempt === attempt &&
          earlier.generation === generation &&
          earlier.arrivedMs < graceEndMs,
      )
      check(isRepeat && successor === generation + 1, 'after the grace interval only repeats pass')
    }
    return answer
  }

  /** Remembers what runs, so that time can wait for it. */
  function track<T>(work: Promise<T>) {
    const tracked = work.finally(() => running.delete(tracked))
    running.add(tracked)
    tracked.catch(() => undefined)
    return tracked
  }

  const { connections } = simulation
  const isBusy = () => connections.some(({ isStalled }) => isStalled())
  async function settle() {
    if (!isBusy()) await Promise.all(running)
    else await simulation.waitUntilIdle()
  }

  async function wait(ms: number) {
    const endMs = simulation.nowMs() + ms
    for (;;) {
      const next = Math.min(...connections.map(({ untilMs }) => untilMs))
      if (next > endMs) break
      simulation.advance(Math.max(0, next - simulation.nowMs()))
      for (const one of connections.filter(({ untilMs }) => untilMs <= next)) {
        one.resume()
      }
      await settle()
    }
    simulation.advance(Math.max(0, endMs - simulation.nowMs()))
  }

  /** As @latchkey/client does it. */
  async function refreshInTab({ replica, delivery }: Tab, attemptSource: AttemptSource) {
    const { token } = storage
    const sendsAttempt = attemptSource !== 'none'
    if (attemptSource === 'own') storage.attempt = newAttempt()
    const attempt = sendsAttempt ? (storage.attempt ??= newAttempt()) : null
    if (delivery === 'request lost') return
    const sentAtMs = simulation.nowMs()
    owner.waitsUntilMs = sentAtMs + clientTimeoutMs
    const answer = await send('owner', replica, token, attempt)
    const isLate = simulation.nowMs() > sentAtMs + clientTimeoutMs
    owner.waitsUntilMs = -Infinity
    // Whoever sends no attempt is promised nothing when the response is lost.
    if (sendsAttempt && (delivery === 'response lost' || isLate)) return
    // A browser takes the cookie from the headers.
    if (transport === 'COOKIE' && answer.refreshToken) storage.token = answer.refreshToken
    if (sendsAttempt && delivery === 'body lost') return
    acceptAnswer(answer, token, attempt)
  }

  function acceptAnswer(answer: RefreshAnswer, token: string, attempt: string | null) {
    if (answer.refreshToken === undefined) {
      owner.isSignedOut = true
      return
    }
    if (transport === 'BODY' && ![token, answer.refreshToken].includes(storage.token)) return
    storage.token = answer.refreshToken
    if (storage.attempt === attempt) storage.attempt = null
    const ageMs =
      simulation.nowMs() - (replacedAtMs.get(simulation.generationOf(token)) ?? Infinity)
    if (ageMs > graceMs) owner.cooldownUntilMs = simulation.nowMs() + cooldownMs
  }

  async function refresh(tabs: Tab[]) {
    if (owner.isSignedOut || simulation.nowMs() < owner.cooldownUntilMs) return
    if (locks) {
      const [one] = tabs
      if (one && simulation.nowMs() > owner.waitsUntilMs) {
        void track(refreshInTab(one, 'shared'))
      }
    } else {
      // A value that the service has not seen is recognized from its arrival within the grace interval on.
      const isLate = storage.attempt !== null || isBusy()
      for (const tab of tabs) {
        const mayCross = tab.attemptSource !== 'own' || tab.delivery !== 'request lost'
        void track(refreshInTab(tab, isLate || !mayCross ? 'shared' : tab.attemptSource))
      }
    }
    await settle()
  }

  async function useStolenToken(
    replicaIndex: number,
    token: string | undefined,
    attempt: string | null,
  ) {
    if (token === undefined) return null
    const answer = await send('thief', replicaIndex, token, attempt)
    if (answer.refreshToken !== undefined) stolen.tokens.push(answer.refreshToken)
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
        connections[step.replica]?.stall(simulation.nowMs() + step.ms, step.passingStatements)
        break
      }
      case 'steal':
        stolen.tokens.push(storage.token)
        if (storage.attempt !== null) stolen.attempts.push(storage.attempt)
        break
      case 'use': {
        const attempt = { none: null, own, copied: stolen.attempts.at(-1) ?? null }[step.attempt]
        void track(useStolenToken(step.replica, stolen.tokens.at(-1 - step.token), attempt))
        await settle()
      }
    }
  }

  // The end: everything arrives, and the owner goes on. Twice, because a copied attempt is worth one refresh more.
  await wait(60_000)
  await Promise.all(running)
  for (let i = 0; i < 2; i += 1) {
    await refresh([{ replica: i, delivery: 'delivered', attemptSource: 'shared' }])
    await Promise.all(running)
    await wait(60_000)
  }
  check(stolen.isUsed || !owner.isSignedOut, 'no thief, and the owner is signed out')
  const live = await simulation.liveGenerations(firstToken)
  check(live.length === 1, 'one line of tokens')
  check(live[0] === Math.max(...issuedTokens.keys()), 'the newest token is the live one')
  for (const token of new Set(stolen.tokens)) {
    for (const attempt of new Set([null, own, ...stolen.attempts])) {
      const answer = await useStolenToken(0, token, attempt)
      check(answer?.refreshToken === undefined, 'no thief survives the next refresh of the owner')
      if (answer?.kind === 'session-ended') return
    }
  }
}

const newAttempt = () => randomBytes(32).toString('base64url')
