import type { Worker } from 'node:cluster'
import { AggregatorRegistry } from 'prom-client'
import type { FromWorker, Measured, ToWorker } from './messages.js'

// Milliseconds. Prometheus waits for ten seconds; a worker that is stuck counts with what it said last.
const patience = 2_000

type Metrics = readonly Measured[]

/**
 * The metrics of all workers together. prom-client's own way fails the whole answer for one worker that dies or
 * does not answer, and forgets what the dead have counted: a counter that falls looks like a restart and,
 * since the others' counts stay, like a burst.
 */
export function addUp(workers: () => Worker[]) {
  const last = new Map<Worker, Metrics>()
  let ofTheDead: Metrics = []

  async function buryTheDead() {
    for (const [worker, metrics] of last) {
      if (!worker.isDead()) continue
      last.delete(worker)
      const counts = metrics.filter(({ type }) => type === 'counter' || type === 'histogram')
      ofTheDead = await sum([ofTheDead, counts]).getMetricsAsJSON()
    }
  }

  async function addUpNow() {
    await Promise.all(
      workers().map(async (worker) => {
        const metrics = await measure(worker)
        if (metrics) last.set(worker, metrics)
      }),
    )
    await buryTheDead()
    return sum([ofTheDead, ...last.values()]).metrics()
  }

  let adding: Promise<string> | null = null
  return {
    contentType: AggregatorRegistry.PROMETHEUS_CONTENT_TYPE,
    /** Two who ask at once get one answer: the dead are counted once. */
    metrics: () => (adding ??= addUpNow().finally(() => (adding = null))),
  }
}

const sum = (all: Metrics[]) =>
  AggregatorRegistry.aggregate(
    all.map((metrics) =>
      metrics.map((one) => ({ ...one, aggregator: instead[one.name] ?? one.aggregator })),
    ),
  )

// By default the start is left out, and what the slowest percent waits for is an average of workers.
const instead: Readonly<Record<string, string>> = {
  process_start_time_seconds: 'min',
  process_max_fds: 'min',
  nodejs_eventloop_lag_p90_seconds: 'max',
  nodejs_eventloop_lag_p99_seconds: 'max',
}

let lastId = 0

/** What a worker has counted; null when it does not say. */
function measure(worker: Worker) {
  const id = (lastId += 1)
  return new Promise<Metrics | null>((resolve) => {
    const settle = (metrics: Metrics | null) => {
      clearTimeout(timer)
      worker.off('message', hear).off('exit', leave)
      resolve(metrics)
    }
    const timer = setTimeout(settle, patience, null)
    const hear = (message: FromWorker) => {
      if (message.kind === 'measured' && message.id === id) settle(message.metrics)
    }
    const leave = () => {
      settle(null)
    }
    worker.on('message', hear).once('exit', leave)
    worker.send({ kind: 'measure', id } satisfies ToWorker, (error) => {
      if (error) settle(null)
    })
  })
}
