import { createApp, type App } from '../compose/app.js'
import { listenForCommands } from '../compose/cli/listen-for-commands.js'
import { orExplained } from '../platform/http/listening.js'
import { serveMetrics } from '../platform/observability/metrics-server.js'
import type { Closable } from './run-until.js'
import type { Parts } from '../compose/app.js'

/** Opens all that this process serves. Whoever finds the server ready finds the rest in place. */
export async function serve(parts: Parts, opened: Closable[]): Promise<App> {
  const { host, port, metricsPort, postgres } = parts.config
  const app = await createApp(parts)
  opened.push(app)
  const { registry } = app.services.metrics
  if (!postgres) opened.push(await takeCommands(app, parts))
  if (registry && metricsPort !== null && parts.worker === undefined) {
    const metrics = serveMetrics(registry, { host, port: metricsPort })
    opened.push(await orExplained(metrics, `${host}:${metricsPort}`, 'METRICS_PORT'))
  }
  await orExplained(app.server.listen({ host, port }), `${host}:${port}`, 'PORT')
  return app
}

/** Where sockets have no place in a file system, or not at a path that long, the rest works all the same. */
const takeCommands = ({ services }: App, { config, log }: Parts): Promise<Closable> =>
  listenForCommands(config.dataDir, services).catch((err: unknown) => {
    log.warn({ err }, 'the command line cannot reach this server: stop it to use one')
    return { close: () => Promise.resolve() }
  })
