import { connect, isOk, type Connection } from './connection.js'
import type { ClosedPlan, Outcome } from './plan.js'
import { createRequestSources, type RequestSource } from './requests.js'
import { createLatencyRecorder } from './latencies.js'

/** Each connection sends its next request when the previous one has been answered. */
export async function runClosed(plan: ClosedPlan): Promise<Outcome> {
  const expected = Buffer.from(plan.expected)
  const sources = createRequestSources(plan.requests)
  const times = createLatencyRecorder()
  const connections = await Promise.all(
    Array.from({ length: plan.connections }, () => connect(plan.port)),
  )
  let errors = 0
  let firstError: string | null = null
  const start = performance.now()
  const end = start + plan.seconds * 1_000

  const runConnection = (connection: Connection, source: RequestSource) =>
    new Promise<void>((resolve) => {
      const sendNext = () => {
        const text = performance.now() < end ? source.next() : null
        if (text === null) {
          resolve()
          return
        }
        const sentAt = performance.now()
        const fail = (what: string) => {
          errors += 1
          firstError ??= what
          resolve() // a round with an error is void, so stop early
        }
        connection.send(
          text,
          (answer) => {
            times.add(performance.now() - sentAt)
            if (!isOk(answer) || !answer.includes(expected)) {
              fail(answer.toString())
              return
            }
            source.answered(answer)
            if (plan.pauseMs === undefined) sendNext()
            else setTimeout(sendNext, plan.pauseMs)
          },
          (error) => {
            fail(error.message)
          },
        )
      }
      sendNext()
    })

  await Promise.all(
    connections.map((connection, i) => runConnection(connection, sources.sourceOf(i))),
  )
  const seconds = (performance.now() - start) / 1_000
  for (const connection of connections) connection.close()
  const summary = times.summary()
  const { captured } = sources
  const refusals = createLatencyRecorder().summary()
  return {
    ...{ times: summary, refusals, seconds, errors, firstError },
    ...{ tokens: sources.tokens(), captured },
  }
}
