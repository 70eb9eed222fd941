import { createApp, type App } from '../compose/app.js'
import { listenForCommands } from '../compose/cli/listen-for-commands.js'
import { explainListenError } from '../platform/http/listen-errors.js'
import { serveMetrics } from '../platform/observability/metrics-server.js'
import type { Closable } from './run-until-stopped.js'
import type { AppOptions } from '../compose/app.js'

/** Opens everything that this process serves. Listens last, so that the rest is ready before the first request. */
export async function serve(options: AppOptions, closables: Closable[]): Promise<App> {
  const { host, port, metricsPort, postgres } = options.config
  const app = await createApp(options)
  closables.push(app)
  const { registry } = app.services.metrics
  if (!postgres) closables.push(await openCommandSocket(app, options))
  if (registry && metricsPort !== null && options.worker === undefined) {
    const metrics = serveMetrics(registry, { host, port: metricsPort })
    closables.push(await explainListenError(metrics, `${host}:${metricsPort}`, 'METRICS_PORT'))
  }
  await explainListenError(app.server.listen({ host, port }), `${host}:${port}`, 'PORT')
  return app
}

/** Without support for sockets, or with a path that is too long, the server runs without the control socket. */
const openCommandSocket = ({ services }: App, { config, log }: AppOptions): Promise<Closable> =>
  listenForCommands(config.dataDir, services).catch((err: unknown) => {
    log.warn(
      { err },
      'the command line cannot reach this server: stop the server before you run a command',
    )
    return { close: () => Promise.resolve() }
  })
