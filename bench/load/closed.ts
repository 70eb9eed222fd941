import { connect, isOk, type Connection } from './connection.js'
import type { ClosedPlan, Outcome } from './plan.js'
import { createSources, type Source } from './requests.js'
import { createTimes } from './times.js'

/** Each connection sends its next request when the one before has been answered. */
export async function runClosed(plan: ClosedPlan): Promise<Outcome> {
  const expected = Buffer.from(plan.expected)
  const sources = createSources(plan.requests)
  const times = createTimes()
  const connections = await Promise.all(
    Array.from({ length: plan.connections }, () => connect(plan.port)),
  )
  let errors = 0
  let firstError: string | null = null
  const start = performance.now()
  const end = start + plan.seconds * 1_000

  const work = (connection: Connection, source: Source) =>
    new Promise<void>((resolve) => {
      const again = () => {
        const text = performance.now() < end ? source.next() : null
        if (text === null) {
          resolve()
          return
        }
        const sent = performance.now()
        const failed = (what: string) => {
          errors += 1
          firstError ??= what
          resolve() // a round with an error is void: no need to go on
        }
        connection.ask(
          text,
          (answer) => {
            times.add(performance.now() - sent)
            if (!isOk(answer) || !answer.includes(expected)) {
              failed(answer.toString())
              return
            }
            source.answered(answer)
            if (plan.pause === undefined) again()
            else setTimeout(again, plan.pause)
          },
          (error) => {
            failed(error.message)
          },
        )
      }
      again()
    })

  await Promise.all(connections.map((connection, i) => work(connection, sources.sourceOf(i))))
  const seconds = (performance.now() - start) / 1_000
  for (const connection of connections) connection.close()
  const summary = times.summary()
  const { harvested } = sources
  const refusals = createTimes().summary()
  return {
    ...{ times: summary, refusals, seconds, errors, firstError },
    ...{ tokens: sources.tokens(), harvested },
  }
}
