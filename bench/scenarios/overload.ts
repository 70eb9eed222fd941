import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../test/support/app/statistics.js'
import { latchkeyAs, paceOf, type Bench } from '../bench.js'
import type { Server } from '../house.js'
import type { ClosedPlan, OpenPlan, Outcome, Times } from '../load/plan.js'
import { meAgain, operation, signIns } from './plans.js'

// Seconds in which the queue has filled.
const settling = 1
const askers = 8
const pause = 5

/**
 * Twice as many sign-ins as can be hashed, from people who do not wait for one another, while others who are signed in
 * go on working: what they notice is the ratio of their slowest answers with and without it.
 */
export async function overload(bench: Bench) {
  const { load, house, figures } = bench
  const server = await house.open(latchkeyAs('latchkey', bench))
  const { rounds, seconds } = paceOf(bench, 3, 3)
  await load.run(signIns(server, 1))
  const full = await load.run(signIns(server, 3))
  const capacity = full.times.count / full.seconds

  const all: OverloadRound[] = []
  for (let round = 0; round < rounds; round += 1) {
    const before = await load.run(someoneAsks(server, seconds))
    const flood = load.run(flooding(bench, server, 2 * capacity, settling + seconds))
    await sleep(settling * 1_000)
    const during = await load.run(someoneAsks(server, seconds))
    all.push({ calm: before.times, busy: during.times, ...goodputOf(await flood, capacity) })
  }
  const measured = {
    calm50: all.map(({ calm }) => calm.p50),
    busy50: all.map(({ busy }) => busy.p50),
    calm: all.map(({ calm }) => calm.p99),
    busy: all.map(({ busy }) => busy.p99),
    ratio: all.map(({ calm, busy }) => busy.p99 / calm.p99),
    goodput: all.map(({ goodput }) => goodput),
    refused: all.map(({ refused }) => refused),
    refusal: all.map(({ refusal }) => refusal),
  }
  const set = (measure: string, value: number) =>
    figures.set('overload', 'latchkey', measure, value)
  for (const [measure, values] of Object.entries(measured)) set(measure, median(values))
  set('capacity', capacity)
  set('worst', Math.max(...measured.busy))
  set('worstRatio', Math.max(...measured.ratio))
  set('worstGoodput', Math.min(...measured.goodput))
  set('worstRefusal', Math.max(...measured.refusal))
}

interface OverloadRound {
  readonly calm: Times
  readonly busy: Times
  /** Sign-ins that were done, of as many as can be. */
  readonly goodput: number
  readonly refused: number
  readonly refusal: number
}

function goodputOf({ times, refusals, seconds }: Outcome, capacity: number) {
  const done = times.count / seconds
  const refused = refusals.count / (seconds - settling)
  return {
    goodput: done / capacity,
    refused: refused / (refused + done),
    refusal: refusals.p99,
  }
}

const someoneAsks = (server: Server, seconds: number): ClosedPlan => ({
  ...meAgain(server, seconds),
  ...{ connections: askers, pause },
})

function flooding(
  { options }: Bench,
  server: Server,
  perSecond: number,
  seconds: number,
): OpenPlan {
  // Full from the start, so that a round of seconds shows what would go on for hours.
  const queue = Number(options.set['ARGON2_QUEUE'] ?? 64 * availableParallelism())
  const login = operation(server, 'login')
  return {
    ...{ kind: 'open', port: server.process.port, atOnce: queue, settling },
    ...{ perSecond, seconds },
    texts: server.signingIn.map(login.request),
    expected: login.expected,
    refused: 'SERVICE_BUSY',
  }
}
