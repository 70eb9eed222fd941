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

  const send = async (text: string, counts: boolean) => {
    const sent = performance.now()
    const connection = idle.pop() ?? (await connect(plan.port))
    const answer = await new Promise<Buffer>((resolve, reject) => {
      connection.ask(text, resolve, reject)
    })
    const duration = performance.now() - sent
    idle.push(connection)
    if (isOk(answer) && answer.includes(expected)) times.add(duration)
    else if (!answer.includes(refused)) throw new Error(answer.toString())
    else if (counts) refusals.add(duration)
  }

  const textOf = (i: number) => plan.texts[i % plan.texts.length] ?? ''
  const failed = (error: unknown) => {
    errors += 1
    firstError ??= error instanceof Error ? error.message : String(error)
  }
  const start = performance.now()
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - start) / 1_000
      const due = plan.atOnce + Math.min(elapsed, plan.seconds) * plan.perSecond
      for (; sentSoFar < due; sentSoFar += 1) {
        const sending = send(textOf(sentSoFar), elapsed >= plan.settling).catch(failed)
        inFlight.add(sending)
        void sending.then(() => inFlight.delete(sending))
      }
      if (elapsed < plan.seconds) return
      clearInterval(timer)
      resolve()
    }, tick)
  })
  const seconds = (performance.now() - start) / 1_000
  const done = times.summary() // in time; who still waits was not served at that rate
  await Promise.all(inFlight)
  for (const connection of idle) connection.close()
  const outcome = { times: done, refusals: refusals.summary(), seconds, errors, firstError }
  return { ...outcome, tokens: [], harvested: [] }
}
