import { latchkeyAs, type Bench } from '../bench.js'
import type { Server } from '../house.js'
import { accountsJs } from '../servers/accounts-js.js'
import { betterAuth } from '../servers/better-auth.js'
import { floorGo } from '../servers/floors.js'
import { tutorial } from '../servers/tutorial.js'
import { childrenOf, isLinux, memoryOf } from '../support/proc.js'
import { meAgain, refreshes, signIns, signInsOnce } from './plans.js'
import { present } from './present.js'

const sampling = 50

/** Of processes that were just started: after 48 sign-ins, and the most of it under load. */
export async function memory(bench: Bench) {
  if (!isLinux) {
    bench.figures.note('memory is read from /proc, which is not here')
    return
  }
  const contenders = [latchkeyAs('latchkey', bench), tutorial, betterAuth, accountsJs, floorGo]
  for (const server of await present(bench, contenders)) {
    const process = await server.contender.start(server.place)
    try {
      await measure(bench, { ...server, process })
    } finally {
      await process.stop()
    }
  }
}

async function measure({ load, figures }: Bench, server: Server) {
  const { name } = server.contender
  const { pid } = server.process
  const set = (measure: string, value: number) => figures.set('memory', name, measure, value)
  await load.run(signInsOnce(server))
  set('afterSignIns', memoryOf(pid))
  const [hashing] = childrenOf(pid)
  if (hashing) set('hashing', memoryOf(hashing))
  if (name !== 'latchkey') return // others make new keys when they start: nobody is signed in

  let most = 0
  const timer = setInterval(() => {
    most = Math.max(most, memoryOf(pid))
  }, sampling)
  for (const plan of [meAgain, refreshes, signIns]) await load.run(plan(server, 3))
  clearInterval(timer)
  set('underLoad', most)
}
