import { latchkeyVariant, type Bench } from '../bench.js'
import type { RunningServer } from '../server-pool.js'
import { accountsJs } from '../servers/accounts-js.js'
import { betterAuth } from '../servers/better-auth.js'
import { floorGo } from '../servers/floors.js'
import { tutorial } from '../servers/tutorial.js'
import { descendantsOf, isLinux, memoryMbOf } from '../support/proc.js'
import { mePlan, refreshPlan, loginPlan, loginOncePlan } from './plans.js'
import { openAvailable } from './open-available.js'

const samplingMs = 50

/** Memory of freshly started processes: after 48 sign-ins, and the maximum under load. */
export async function memory(bench: Bench) {
  if (!isLinux) {
    bench.figures.note('memory: not measured, because this system has no /proc')
    return
  }
  const contenders = [latchkeyVariant('latchkey', bench), tutorial, betterAuth, accountsJs, floorGo]
  for (const server of await openAvailable(bench, contenders)) {
    const process = await server.contender.start(server.workspace)
    try {
      await measure(bench, { ...server, process })
    } finally {
      await process.stop()
    }
  }
}

async function measure({ load, figures }: Bench, server: RunningServer) {
  const { name } = server.contender
  const { pid } = server.process
  const set = (measure: string, value: number) => figures.set('memory', name, measure, value)
  await load.run(loginOncePlan(server))
  set('afterSignIns', memoryMbOf(pid))
  const [hashing] = descendantsOf(pid)
  if (hashing) set('hashing', memoryMbOf(hashing))
  if (name !== 'latchkey') return // others create new keys at start, so no user is signed in

  let maxMemory = 0
  const timer = setInterval(() => {
    maxMemory = Math.max(maxMemory, memoryMbOf(pid))
  }, samplingMs)
  for (const plan of [mePlan, refreshPlan, loginPlan]) await load.run(plan(server, 3))
  clearInterval(timer)
  set('underLoad', maxMemory)
}
