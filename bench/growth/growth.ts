import pg from 'pg'
import { latchkeyOf, paceOf, type Bench } from '../bench.js'
import type { Server } from '../house.js'
import type { ClosedPlan, Requests } from '../load/plan.js'
import { connections, operation } from '../scenarios/plans.js'
import { player, playInTurns, type Player } from '../scenarios/rounds.js'
import { controls, rawPlayer } from './raw-statements.js'
import { createStrangers } from './strangers.js'

const few = 1_000
const million = 1_000_000

// Of whom only the hash is needed: everybody gets it.
const registered = 4
// Requests, so many that a round takes a second or two.
const crowd = 2_000
const refreshesPerRound = 1_500
const signInsPerRound = 64

/** Latchkey with a thousand users, and with a million: each question about somebody else. */
export async function growth(bench: Bench) {
  const { options, house, figures } = bench
  const sizes = [
    few,
    ...(options.quick ? [100_000] : [million]),
    ...(options.growth ? [5 * million] : []),
  ]
  const pools: pg.Pool[] = []
  const players: Record<'me' | 'login' | 'refresh', Player[]> = { me: [], login: [], refresh: [] }
  for (const users of sizes) {
    const server = await house.open(latchkeyOf(users, bench), users, registered)
    const pool = new pg.Pool({ connectionString: server.place.databaseUrl, max: 10 })
    pools.push(pool)
    const own = await playersOf(bench, server, users)
    for (const control of controls) {
      const name = control.name as keyof typeof players
      players[name].push(own[name], rawPlayer(`raw-${users}`, pool, control, users))
    }
  }
  try {
    for (const [name, all] of Object.entries(players)) {
      // The rounds of the others are so many requests: more would warm up their statements alone.
      const warmUp = name === 'me' && !options.quick ? 1.5 : 0.5
      await playInTurns(`growth-${name}`, all, { ...paceOf(bench, 3, 1), warmUp }, figures)
    }
  } finally {
    for (const pool of pools) await pool.end()
  }
}

async function playersOf({ load }: Bench, server: Server, users: number) {
  const strangers = createStrangers(users)
  const [me, login] = [operation(server, 'me'), operation(server, 'login')]
  const refresh = operation(server, 'refresh')
  const plan = (requests: Requests, expected: string, seconds = 60): ClosedPlan => ({
    ...{ kind: 'closed', port: server.process.port, connections, seconds, requests, expected },
  })
  const refreshing = (count: number, harvest?: string) => {
    const texts = strangers.refreshes(count)
    return plan({ kind: 'once', texts, ...(harvest && { harvest }) }, refresh.expected)
  }
  const { harvested } = await load.run(refreshing(crowd, refresh.request.harvest))
  const asking: Requests = { kind: 'repeated', texts: harvested.map(me.request) }
  const emails = strangers.emails(10 * signInsPerRound)
  const signingIn = () =>
    plan(
      { kind: 'once', texts: emails.splice(0, signInsPerRound).map(login.request) },
      login.expected,
    )

  const name = server.contender.name
  return {
    me: player(name, server, load, (seconds) => plan(asking, '"email":"user', seconds)),
    login: player(name, server, load, signingIn),
    refresh: player(name, server, load, () => refreshing(refreshesPerRound)),
  }
}
