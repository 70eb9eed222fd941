import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Delivery, Order } from './generator.js'
import type { Outcome, Plan } from './plan.js'

export type Load = ReturnType<typeof createLoad>

/** The load generator: a process of its own, so that its garbage and its timers are not the measurer's. */
export function createLoad() {
  const program = fileURLToPath(new URL('./generator.ts', import.meta.url))
  const child = fork(program, [], { execArgv: ['--import', 'tsx'], serialization: 'advanced' })
  const waiting = new Map<number, (delivery: Delivery) => void>()
  let lastId = 0
  child.on('message', (delivery: Delivery) => {
    waiting.get(delivery.id)?.(delivery)
    waiting.delete(delivery.id)
  })
  child.once('exit', () => {
    for (const [id, tell] of waiting) tell({ id, error: 'the load generator has ended' })
  })

  return {
    /** Throws when a single answer was not the expected one: such a round says nothing. */
    async run(plan: Plan): Promise<Outcome> {
      const id = (lastId += 1)
      const delivery = await new Promise<Delivery>((resolve) => {
        waiting.set(id, resolve)
        child.send({ id, plan } satisfies Order)
      })
      if ('error' in delivery) throw new Error(delivery.error)
      const { outcome } = delivery
      if (outcome.errors === 0) return outcome
      throw new Error(`${outcome.errors} wrong answers, the first: ${outcome.firstError ?? ''}`)
    },
    stop: () => {
      if (child.connected) child.disconnect()
    },
  }
}
