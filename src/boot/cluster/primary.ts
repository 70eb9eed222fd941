import type { Logger } from 'pino'
import type { Config } from '../../compose/config/config.js'
import { greet } from '../greet.js'
import { migratePostgres } from '../../platform/database/postgres.js'
import { orExplained } from '../../platform/http/listening.js'
import { serveMetrics } from '../../platform/observability/metrics-server.js'
import { runUntil } from '../run-until.js'
import { createWorkers } from './workers.js'

/** Migrates the database, then serves nothing itself: it sees to it that WORKERS processes do. */
export async function runPrimary(told: Promise<string>, config: Config, log: Logger) {
  const { postgres, host, metricsPort } = config
  const open: Parameters<typeof runUntil>[1] = async (opened) => {
    if (postgres) await migratePostgres(postgres.url, log)
    const workers = createWorkers(config.workers, log)
    opened.push(workers)
    if (metricsPort !== null) {
      const { addUp } = await import('./metrics.js')
      const metrics = serveMetrics(addUp(workers.serving), { host, port: metricsPort })
      opened.push(await orExplained(metrics, `${host}:${metricsPort}`, 'METRICS_PORT'))
    }
    await workers.run(() => {
      greet(config)
    })
  }
  await runUntil(told, open, log)
}
