import { writeFileSync } from 'node:fs'
import { latchkeyAs, type Bench } from '../bench.js'
import type { Server } from '../house.js'
import { table } from '../report/table.js'
import { meAgain, signIns } from '../scenarios/plans.js'
import { refresher } from '../scenarios/refresh.js'
import { player, type Player } from '../scenarios/rounds.js'
import { freePort } from '../../test/support/processes/server-process.js'
import { inspect } from './inspector.js'
import { functionOf, ownerOf, selfTimes, type Profile, type SelfTime } from './self-time.js'

const loads: Readonly<Record<string, (bench: Bench, server: Server) => Player>> = {
  me: ({ load }, server) => player('me', server, load, (seconds) => meAgain(server, seconds)),
  refresh: refresher,
  login: ({ load }, server) => player('login', server, load, (seconds) => signIns(server, seconds)),
}

const seconds = 8
const rows = 40
// Microseconds between two samples.
const interval = 200

/** Where Latchkey's time goes under one kind of load. */
export async function profile(bench: Bench, what: string) {
  const load = loads[what]
  if (!load) throw new Error(`profile ${Object.keys(loads).join('|')}`)
  const port = await freePort()
  const contender = latchkeyAs('latchkey', bench, [`--inspect=127.0.0.1:${port}`])
  const { play } = load(bench, await bench.house.open(contender))
  await play(3)
  const inspector = await inspect(port)
  await inspector.send('Profiler.enable')
  await inspector.send('Profiler.setSamplingInterval', { interval })
  await inspector.send('Profiler.start')
  const { perSecond } = await play(seconds)
  const { profile } = (await inspector.send('Profiler.stop')) as { profile: Profile }
  inspector.close()

  const file = `latchkey-${what}.cpuprofile`
  writeFileSync(file, JSON.stringify(profile))
  const requests = perSecond * seconds
  const owners = section('self time by package and file', selfTimes(profile, ownerOf), requests)
  const functions = section('self time by function', selfTimes(profile, functionOf), requests)
  return `${Math.round(perSecond)} per second while profiled; ${file}\n\n${owners}\n\n${functions}`
}

function section(title: string, times: readonly SelfTime[], requests: number) {
  const all = times.reduce((sum, { time }) => sum + time, 0)
  const shown = times.slice(0, rows).map(({ what, time }) => {
    const share = ((time / all) * 100).toFixed(1)
    return [what, `${share} %`, (time / requests).toFixed(1)]
  })
  return table([title, 'share', 'µs per request'], shown)
}
