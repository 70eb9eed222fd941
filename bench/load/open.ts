import { connect, isOk, type Connection } from './connection.js'
import type { OpenPlan, Outcome } from './plan.js'
import { createLatencyRecorder } from './latencies.js'

const tickMs = 5

/** Sends requests at a fixed rate, as independent users do: a slow server does not get fewer requests. */
export async function runOpen(plan: OpenPlan): Promise<Outcome> {
  const expected = Buffer.from(plan.expected)
  const refused = Buffer.from(plan.refused)
  const times = createLatencyRecorder()
  const refusals = createLatencyRecorder()
  const idle: Connection[] = []
  const inFlight = new Set<Promise<void>>()
  let errors = 0
  let firstError: string | null = null
  let sentCount = 0

  const send = async (text: string, isCounted: boolean) => {
    const sentAt = performance.now()
    const connection = idle.pop() ?? (await connect(plan.port))
    const answer = await new Promise<Buffer>((resolve, reject) => {
      connection.send(text, resolve, reject)
    })
    const duration = performance.now() - sentAt
    idle.push(connection)
    if (isOk(answer) && answer.includes(expected)) times.add(duration)
    else if (!answer.includes(refused)) throw new Error(answer.toString())
    else if (isCounted) refusals.add(duration)
  }

  const requestAt = (i: number) => plan.texts[i % plan.texts.length] ?? ''
  const recordError = (error: unknown) => {
    errors += 1
    firstError ??= error instanceof Error ? error.message : String(error)
  }
  const start = performance.now()
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - start) / 1_000
      const due = plan.initialBurst + Math.min(elapsed, plan.seconds) * plan.perSecond
      for (; sentCount < due; sentCount += 1) {
        const sending = send(requestAt(sentCount), elapsed >= plan.settlingSeconds).catch(
          recordError,
        )
        inFlight.add(sending)
        void sending.then(() => inFlight.delete(sending))
      }
      if (elapsed < plan.seconds) return
      clearInterval(timer)
      resolve()
    }, tickMs)
  })
  const seconds = (performance.now() - start) / 1_000
  const done = times.summary() // in time; requests that still wait were not served at that rate
  await Promise.all(inFlight)
  for (const connection of idle) connection.close()
  const outcome = { times: done, refusals: refusals.summary(), seconds, errors, firstError }
  return { ...outcome, tokens: [], captured: [] }
}
