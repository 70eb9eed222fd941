import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../test/support/app/statistics.js'
import { latchkeyVariant, createPace, type Bench } from '../bench.js'
import type { RunningServer } from '../server-pool.js'
import type { ClosedPlan, OpenPlan, Outcome, LatencySummary } from '../load/plan.js'
import { mePlan, getOperation, loginPlan } from './plans.js'

// Seconds until the queue is full.
const settlingSeconds = 1
const meConnections = 8
const pauseMs = 5

/**
 * Sends twice as many sign-ins as can be hashed, at a fixed rate, while signed-in users send `me`. The result is the
 * ratio of the p99 of `me` with and without the overload.
 */
export async function overload(bench: Bench) {
  const { load, serverPool, figures } = bench
  const server = await serverPool.open(latchkeyVariant('latchkey', bench))
  const { rounds, seconds } = createPace(bench, 3, 3)
  await load.run(loginPlan(server, 1))
  const atCapacity = await load.run(loginPlan(server, 3))
  const capacity = atCapacity.times.count / atCapacity.seconds

  const all: OverloadRound[] = []
  for (let round = 0; round < rounds; round += 1) {
    const before = await load.run(backgroundMePlan(server, seconds))
    const overloadRun = load.run(
      overloadPlan(bench, server, 2 * capacity, settlingSeconds + seconds),
    )
    await sleep(settlingSeconds * 1_000)
    const during = await load.run(backgroundMePlan(server, seconds))
    all.push({ calm: before.times, busy: during.times, ...goodputOf(await overloadRun, capacity) })
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
  readonly calm: LatencySummary
  readonly busy: LatencySummary
  /** Completed sign-ins relative to the capacity. */
  readonly goodput: number
  readonly refused: number
  readonly refusal: number
}

function goodputOf({ times, refusals, seconds }: Outcome, capacity: number) {
  const done = times.count / seconds
  const refused = refusals.count / (seconds - settlingSeconds)
  return {
    goodput: done / capacity,
    refused: refused / (refused + done),
    refusal: refusals.p99,
  }
}

const backgroundMePlan = (server: RunningServer, seconds: number): ClosedPlan => ({
  ...mePlan(server, seconds),
  ...{ connections: meConnections, pauseMs },
})

function overloadPlan(
  { options }: Bench,
  server: RunningServer,
  perSecond: number,
  seconds: number,
): OpenPlan {
  // Full from the start, so that a round of seconds shows the state that would last for hours.
  const queue = Number(options.set['ARGON2_QUEUE'] ?? 64 * availableParallelism())
  const login = getOperation(server, 'login')
  return {
    ...{ kind: 'open', port: server.process.port, initialBurst: queue, settlingSeconds },
    ...{ perSecond, seconds },
    texts: server.loginEmails.map(login.request),
    expected: login.expected,
    refused: 'SERVICE_BUSY',
  }
}
