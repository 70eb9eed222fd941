import type { Worker } from 'node:cluster'
import { AggregatorRegistry } from 'prom-client'
import type { MessageFromWorker, MetricSnapshot, MessageToWorker } from './messages.js'

// Milliseconds. Prometheus waits for ten seconds. For a worker that does not answer, its last snapshot counts.
const timeoutMs = 2_000

type MetricSnapshots = readonly MetricSnapshot[]

/**
 * Aggregates the metrics of all workers. prom-client's own aggregation fails completely when one worker dies or does
 * not answer. It also drops the counts of dead workers: Prometheus takes the lower counter for a restart, and the
 * remaining counts for a burst.
 */
export function createMetricsAggregator(workers: () => Worker[]) {
  const snapshots = new Map<Worker, MetricSnapshots>()
  let exitedTotals: MetricSnapshots = []

  async function collectExited() {
    for (const [worker, metrics] of snapshots) {
      if (!worker.isDead()) continue
      snapshots.delete(worker)
      const counts = metrics.filter(({ type }) => type === 'counter' || type === 'histogram')
      exitedTotals = await mergeMetrics([exitedTotals, counts]).getMetricsAsJSON()
    }
  }

  async function aggregate() {
    await Promise.all(
      workers().map(async (worker) => {
        const metrics = await requestMetrics(worker)
        if (metrics) snapshots.set(worker, metrics)
      }),
    )
    await collectExited()
    return mergeMetrics([exitedTotals, ...snapshots.values()]).metrics()
  }

  let aggregating: Promise<string> | null = null
  return {
    contentType: AggregatorRegistry.PROMETHEUS_CONTENT_TYPE,
    /** Concurrent calls share one result, so that dead workers are counted once. */
    metrics: () => (aggregating ??= aggregate().finally(() => (aggregating = null))),
  }
}

const mergeMetrics = (all: MetricSnapshots[]) =>
  AggregatorRegistry.aggregate(
    all.map((metrics) =>
      metrics.map((metric) => ({
        ...metric,
        aggregator: aggregatorOverrides[metric.name] ?? metric.aggregator,
      })),
    ),
  )

// prom-client's defaults omit the start time and average the percentiles over workers.
const aggregatorOverrides: Readonly<Record<string, string>> = {
  process_start_time_seconds: 'min',
  process_max_fds: 'min',
  nodejs_eventloop_lag_p90_seconds: 'max',
  nodejs_eventloop_lag_p99_seconds: 'max',
}

let lastRequestId = 0

/** The metrics of a worker; null when it does not answer. */
function requestMetrics(worker: Worker) {
  const id = (lastRequestId += 1)
  return new Promise<MetricSnapshots | null>((resolve) => {
    const settle = (metrics: MetricSnapshots | null) => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('exit', onExit)
      resolve(metrics)
    }
    const timer = setTimeout(settle, timeoutMs, null)
    const onMessage = (message: MessageFromWorker) => {
      if (message.kind === 'measured' && message.id === id) settle(message.metrics)
    }
    const onExit = () => {
      settle(null)
    }
    worker.on('message', onMessage).once('exit', onExit)
    worker.send({ kind: 'measure', id } satisfies MessageToWorker, (error) => {
      if (error) settle(null)
    })
  })
}
