import pg from 'pg'
import { latchkeyWithUsers, createPace, type Bench } from '../bench.js'
import type { RunningServer } from '../server-pool.js'
import type { ClosedPlan, Requests } from '../load/plan.js'
import { connections, getOperation } from '../scenarios/plans.js'
import { runner, runInterleaved, type Runner } from '../scenarios/rounds.js'
import { rawStatements, rawRunner } from './raw-statements.js'
import { createScatteredUsers } from './scattered-users.js'

const thousand = 1_000
const million = 1_000_000

// Registered users. Only their hash is needed: all seeded users get it.
const registeredCount = 4
// Requests per round, so that a round takes a second or two.
const tokenCount = 2_000
const refreshesPerRound = 1_500
const signInsPerRound = 64

/** Latchkey with a thousand users and with a million. Each request is about another user. */
export async function growth(bench: Bench) {
  const { options, serverPool, figures } = bench
  const sizes = [
    thousand,
    ...(options.quick ? [100_000] : [million]),
    ...(options.growth ? [5 * million] : []),
  ]
  const pools: pg.Pool[] = []
  const runners: Record<'me' | 'login' | 'refresh', Runner[]> = { me: [], login: [], refresh: [] }
  for (const users of sizes) {
    const server = await serverPool.open(latchkeyWithUsers(users, bench), users, registeredCount)
    const pool = new pg.Pool({ connectionString: server.workspace.databaseUrl, max: 10 })
    pools.push(pool)
    const ownRunners = await createRunners(bench, server, users)
    for (const statement of rawStatements) {
      const name = statement.name as keyof typeof runners
      runners[name].push(ownRunners[name], rawRunner(`raw-${users}`, pool, statement, users))
    }
  }
  try {
    for (const [name, all] of Object.entries(runners)) {
      // Rounds of the other operations have a fixed number of requests: more would warm up only their statements.
      const warmUpSeconds = name === 'me' && !options.quick ? 1.5 : 0.5
      await runInterleaved(
        `growth-${name}`,
        all,
        { ...createPace(bench, 3, 1), warmUpSeconds },
        figures,
      )
    }
  } finally {
    for (const pool of pools) await pool.end()
  }
}

async function createRunners({ load }: Bench, server: RunningServer, users: number) {
  const scatteredUsers = createScatteredUsers(users)
  const [me, login] = [getOperation(server, 'me'), getOperation(server, 'login')]
  const refresh = getOperation(server, 'refresh')
  const plan = (requests: Requests, expected: string, seconds = 60): ClosedPlan => ({
    ...{ kind: 'closed', port: server.process.port, connections, seconds, requests, expected },
  })
  const refreshPlan = (count: number, capturePrefix?: string) => {
    const texts = scatteredUsers.refreshRequests(count)
    return plan({ kind: 'once', texts, ...(capturePrefix && { capturePrefix }) }, refresh.expected)
  }
  const { captured } = await load.run(refreshPlan(tokenCount, refresh.request.capturePrefix))
  const meRequests: Requests = { kind: 'repeated', texts: captured.map(me.request) }
  const emails = scatteredUsers.emails(10 * signInsPerRound)
  const loginPlan = () =>
    plan(
      { kind: 'once', texts: emails.splice(0, signInsPerRound).map(login.request) },
      login.expected,
    )

  const name = server.contender.name
  return {
    me: runner(name, server, load, (seconds) => plan(meRequests, '"email":"user', seconds)),
    login: runner(name, server, load, loginPlan),
    refresh: runner(name, server, load, () => refreshPlan(refreshesPerRound)),
  }
}
