import { writeFileSync } from 'node:fs'
import { latchkeyVariant, type Bench } from '../bench.js'
import type { RunningServer } from '../server-pool.js'
import { formatTable } from '../report/table.js'
import { mePlan, loginPlan } from '../scenarios/plans.js'
import { refreshRunner } from '../scenarios/refresh.js'
import { runner, type Runner } from '../scenarios/rounds.js'
import { freePort } from '../../test/support/processes/server-process.js'
import { connectInspector } from './inspector.js'
import { functionOf, ownerOf, selfTimes, type Profile, type SelfTime } from './self-time.js'

const loads: Readonly<Record<string, (bench: Bench, server: RunningServer) => Runner>> = {
  me: ({ load }, server) => runner('me', server, load, (seconds) => mePlan(server, seconds)),
  refresh: refreshRunner,
  login: ({ load }, server) =>
    runner('login', server, load, (seconds) => loginPlan(server, seconds)),
}

const seconds = 8
const maxRows = 40
// Microseconds between two samples.
const interval = 200

/** Profiles where Latchkey spends its time under one kind of load. */
export async function profile(bench: Bench, what: string) {
  const load = loads[what]
  if (!load) throw new Error(`profile ${Object.keys(loads).join('|')}`)
  const port = await freePort()
  const contender = latchkeyVariant('latchkey', bench, [`--inspect=127.0.0.1:${port}`])
  const { runRound } = load(bench, await bench.serverPool.open(contender))
  await runRound(3)
  const inspector = await connectInspector(port)
  await inspector.send('Profiler.enable')
  await inspector.send('Profiler.setSamplingInterval', { interval })
  await inspector.send('Profiler.start')
  const { perSecond } = await runRound(seconds)
  const { profile } = (await inspector.send('Profiler.stop')) as { profile: Profile }
  inspector.close()

  const file = `latchkey-${what}.cpuprofile`
  writeFileSync(file, JSON.stringify(profile))
  const requests = perSecond * seconds
  const owners = formatSection(
    'self time by package and file',
    selfTimes(profile, ownerOf),
    requests,
  )
  const functions = formatSection('self time by function', selfTimes(profile, functionOf), requests)
  return `${Math.round(perSecond)} per second while profiled; ${file}\n\n${owners}\n\n${functions}`
}

function formatSection(title: string, times: readonly SelfTime[], requests: number) {
  const all = times.reduce((sum, { timeUs }) => sum + timeUs, 0)
  const shown = times.slice(0, maxRows).map(({ what, timeUs }) => {
    const share = ((timeUs / all) * 100).toFixed(1)
    return [what, `${share} %`, (timeUs / requests).toFixed(1)]
  })
  return formatTable([title, 'share', 'µs per request'], shown)
}
