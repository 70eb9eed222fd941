import { median } from '../../test/support/app/statistics.js'
import type { RunningServer } from '../server-pool.js'
import type { Outcome, Plan } from '../load/plan.js'
import type { Load } from '../load/load.js'
import type { Figures } from '../report/figures.js'
import { readLastLines } from '../support/last-lines.js'
import { cpuSecondsOfTree } from '../support/proc.js'

/** Somebody who takes turns: a server under a load, or whatever else is compared with one. */
export interface Runner {
  readonly name: string
  readonly runRound: (seconds: number) => Promise<Round>
}

export interface Round {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Microseconds of a core per request, of the server with its children. */
  readonly cpu: number
}

export interface Pace {
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
}

/** A, B, C, A, B, C: what disturbs the machine for a while disturbs all of them. */
export async function runInterleaved(
  scenario: string,
  runners: readonly Runner[],
  { rounds, seconds, warmUpSeconds }: Pace,
  figures: Figures,
) {
  if (warmUpSeconds > 0) for (const runner of runners) await runner.runRound(warmUpSeconds)
  const resultsByRunner = new Map<Runner, Round[]>(runners.map((runner) => [runner, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [runner, before] of resultsByRunner) before.push(await runner.runRound(seconds))
  }
  for (const [{ name }, all] of resultsByRunner) {
    const valuesOf = (measure: keyof Round) => all.map((round) => round[measure])
    figures.set(scenario, name, 'perSecond', median(valuesOf('perSecond')))
    figures.set(scenario, name, 'worst', Math.min(...valuesOf('perSecond')))
    figures.set(scenario, name, 'p50', median(valuesOf('p50')))
    figures.set(scenario, name, 'p99', median(valuesOf('p99')))
    figures.set(scenario, name, 'max', Math.max(...valuesOf('max')))
    figures.set(scenario, name, 'cpu', median(valuesOf('cpu')))
  }
}

/** A server that is asked what `planOf` says. */
export function runner(
  name: string,
  server: RunningServer,
  load: Load,
  planOf: (seconds: number) => Plan,
  onOutcome: (outcome: Outcome) => void = () => undefined,
): Runner {
  return {
    name,
    async runRound(seconds) {
      const before = cpuSecondsOfTree(server.process.pid)
      const outcome = await load.run(planOf(seconds)).catch((error: unknown) => {
        throw new Error(`${name}: ${String(error)}\n${readLastLines(server.workspace.log)}`)
      })
      onOutcome(outcome)
      const { times } = outcome
      const work = cpuSecondsOfTree(server.process.pid) - before
      return { ...times, perSecond: times.count / outcome.seconds, cpu: (work / times.count) * 1e6 }
    },
  }
}
