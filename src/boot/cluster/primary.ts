import type { Logger } from 'pino'
import type { Config } from '../../compose/config/config.js'
import { printBanner } from '../print-banner.js'
import { migratePostgres } from '../../platform/database/postgres.js'
import { explainListenError } from '../../platform/http/listen-errors.js'
import { serveMetrics } from '../../platform/observability/metrics-server.js'
import { runUntilStopped } from '../run-until-stopped.js'
import { createWorkers } from './workers.js'

/** Migrates the database, then keeps WORKERS worker processes running. Serves no requests itself. */
export async function runPrimary(stopSignal: Promise<string>, config: Config, log: Logger) {
  const { postgres, host, metricsPort } = config
  const open: Parameters<typeof runUntilStopped>[1] = async (closables) => {
    if (postgres) await migratePostgres(postgres.url, log)
    const workers = createWorkers(config.workers, log)
    closables.push(workers)
    if (metricsPort !== null) {
      const { createMetricsAggregator } = await import('./metrics.js')
      const metrics = serveMetrics(createMetricsAggregator(workers.serving), {
        host,
        port: metricsPort,
      })
      closables.push(await explainListenError(metrics, `${host}:${metricsPort}`, 'METRICS_PORT'))
    }
    await workers.run(() => {
      printBanner(config)
    })
  }
  await runUntilStopped(stopSignal, open, log)
}
