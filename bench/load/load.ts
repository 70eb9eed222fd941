import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadResponse, LoadRequest } from './generator.js'
import type { Outcome, Plan } from './plan.js'

export type Load = ReturnType<typeof createLoad>

/**
 * Runs the load generator in a separate process, so that its garbage collection and timers do not disturb the bench.
 */
export function createLoad() {
  const program = fileURLToPath(new URL('./generator.ts', import.meta.url))
  const child = fork(program, [], { execArgv: ['--import', 'tsx'], serialization: 'advanced' })
  const pending = new Map<number, (response: LoadResponse) => void>()
  let lastId = 0
  child.on('message', (response: LoadResponse) => {
    pending.get(response.id)?.(response)
    pending.delete(response.id)
  })
  child.once('exit', () => {
    for (const [id, respond] of pending) respond({ id, error: 'the load generator has ended' })
  })

  return {
    /** Throws when a single answer was wrong: such a round is meaningless. */
    async run(plan: Plan): Promise<Outcome> {
      const id = (lastId += 1)
      const response = await new Promise<LoadResponse>((resolve) => {
        pending.set(id, resolve)
        child.send({ id, plan } satisfies LoadRequest)
      })
      if ('error' in response) throw new Error(response.error)
      const { outcome } = response
      if (outcome.errors === 0) return outcome
      throw new Error(`${outcome.errors} wrong answers, the first: ${outcome.firstError ?? ''}`)
    },
    stop: () => {
      if (child.connected) child.disconnect()
    },
  }
}
