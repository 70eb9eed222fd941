import { runClosed } from './closed.js'
import { runOpen } from './open.js'
import type { Outcome, Plan } from './plan.js'

// The process that only generates the load: see load.ts.

export interface LoadRequest {
  readonly id: number
  readonly plan: Plan
}

export type LoadResponse =
  | { readonly id: number; readonly outcome: Outcome }
  | { readonly id: number; readonly error: string }

const run = (plan: Plan) => (plan.kind === 'closed' ? runClosed(plan) : runOpen(plan))

process.on('message', ({ id, plan }: LoadRequest) => {
  const reply = (response: LoadResponse) => process.send?.(response)
  run(plan).then(
    (outcome) => reply({ id, outcome }),
    (error: unknown) => reply({ id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
