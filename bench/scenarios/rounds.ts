import { median } from '../../test/support/app/statistics.js'
import type { Server } from '../house.js'
import type { Outcome, Plan } from '../load/plan.js'
import type { Load } from '../load/load.js'
import type { Figures } from '../report/figures.js'
import { lastLines } from '../support/last-lines.js'
import { workOfFamily } from '../support/proc.js'

/** Somebody who takes turns: a server under a load, or whatever else is compared with one. */
export interface Player {
  readonly name: string
  readonly play: (seconds: number) => Promise<Round>
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
  readonly warmUp: number
}

/** A, B, C, A, B, C: what disturbs the machine for a while disturbs all of them. */
export async function playInTurns(
  scenario: string,
  players: readonly Player[],
  { rounds, seconds, warmUp }: Pace,
  figures: Figures,
) {
  if (warmUp > 0) for (const player of players) await player.play(warmUp)
  const played = new Map<Player, Round[]>(players.map((player) => [player, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [player, before] of played) before.push(await player.play(seconds))
  }
  for (const [{ name }, all] of played) {
    const of = (measure: keyof Round) => all.map((round) => round[measure])
    figures.set(scenario, name, 'perSecond', median(of('perSecond')))
    figures.set(scenario, name, 'worst', Math.min(...of('perSecond')))
    figures.set(scenario, name, 'p50', median(of('p50')))
    figures.set(scenario, name, 'p99', median(of('p99')))
    figures.set(scenario, name, 'max', Math.max(...of('max')))
    figures.set(scenario, name, 'cpu', median(of('cpu')))
  }
}

/** A server that is asked what `planOf` says. */
export function player(
  name: string,
  server: Server,
  load: Load,
  planOf: (seconds: number) => Plan,
  afterwards: (outcome: Outcome) => void = () => undefined,
): Player {
  return {
    name,
    async play(seconds) {
      const before = workOfFamily(server.process.pid)
      const outcome = await load.run(planOf(seconds)).catch((error: unknown) => {
        throw new Error(`${name}: ${String(error)}\n${lastLines(server.place.log)}`)
      })
      afterwards(outcome)
      const { times } = outcome
      const work = workOfFamily(server.process.pid) - before
      return { ...times, perSecond: times.count / outcome.seconds, cpu: (work / times.count) * 1e6 }
    },
  }
}
