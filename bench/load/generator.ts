import { runClosed } from './closed.js'
import { runOpen } from './open.js'
import type { Outcome, Plan } from './plan.js'

// The process that makes the load and nothing else: see load.ts.

export interface Order {
  readonly id: number
  readonly plan: Plan
}

export type Delivery =
  | { readonly id: number; readonly outcome: Outcome }
  | { readonly id: number; readonly error: string }

const run = (plan: Plan) => (plan.kind === 'closed' ? runClosed(plan) : runOpen(plan))

process.on('message', ({ id, plan }: Order) => {
  const deliver = (delivery: Delivery) => process.send?.(delivery)
  run(plan).then(
    (outcome) => deliver({ id, outcome }),
    (error: unknown) => deliver({ id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
