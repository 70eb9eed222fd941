import { connect, isOk, type Connection } from './connection.js'
import type { OpenPlan, Outcome } from './plan.js'
import { createTimes } from './times.js'

const tick = 5

/** Requests that come at their own rate, as people do: a slow server is not asked less often. */
export async function runOpen(plan: OpenPlan): Promise<Outcome> {
  const expected = Buffer.from(plan.expected)
  const refused = Buffer.from(plan.refused)
  const times = createTimes()
  const refusals = createTimes()
  const idle: Connection[] = []
  const inFlight = new Set<Promise<void>>()
  let errors = 0
  let firstError: string | null = null
  let sentSoFar = 0

  const send = async (text: string) => {
    const sent = performance.now()
    const connection = idle.pop() ?? (await connect(plan.port))
    const answer = await new Promise<Buffer>((resolve, reject) => {
      connection.ask(text, resolve, reject)
    })
    const duration = performance.now() - sent
    idle.push(connection)
    if (isOk(answer) && answer.includes(expected)) times.add(duration)
    else if (answer.includes(refused)) refusals.add(duration)
    else throw new Error(answer.toString())
  }

  const start = performance.now()
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - start) / 1_000
      const due = Math.min(elapsed, plan.seconds) * plan.perSecond
      for (; sentSoFar < due; sentSoFar += 1) {
        const sending = send(plan.texts[sentSoFar % plan.texts.length] ?? '').catch(
          (error: unknown) => {
            errors += 1
            firstError ??= error instanceof Error ? error.message : String(error)
          },
        )
        inFlight.add(sending)
        void sending.then(() => inFlight.delete(sending))
      }
      if (elapsed < plan.seconds) return
      clearInterval(timer)
      resolve()
    }, tick)
  })
  const seconds = (performance.now() - start) / 1_000
  const withinTime = times.summary()
  const outcome = { refusals: refusals.summary(), seconds, tokens: [], harvested: [] }
  await Promise.all(inFlight)
  for (const connection of idle) connection.close()
  // Goodput is what was done in time; those who were still waiting count for their waiting only.
  const times_ = { ...times.summary(), count: withinTime.count }
  return { ...outcome, times: times_, errors, firstError }
}
