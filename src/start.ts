import type { Logger } from 'pino'
import { createApp, type App } from './app.js'
import type { Config } from './config.js'
import { listenForCommands } from './cli/listen-for-commands.js'
import { nearMisses } from './config/near-misses.js'
import { StartupError } from './platform/errors.js'
import { createLogger } from './platform/observability/logger.js'
import { serveMetrics } from './platform/observability/metrics-server.js'

// Milliseconds; orchestrators kill after ten seconds, and a database that went silent must not have us wait.
const longestStop = 9_500

/** Runs the server until a signal: SIGTERM from an orchestrator, SIGINT from a terminal. */
export async function start(config: Config, environment: NodeJS.ProcessEnv) {
  const log = createLogger(config.logLevel)
  for (const { name, meant } of nearMisses(environment)) {
    log.warn(`${name} is not a setting and is ignored: did you mean ${meant}?`)
  }

  // Before anything is opened: process 1 of a container gets no signal that nobody waits for.
  let close = () => Promise.resolve()
  const stopped = onSignal((signal) => {
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), longestStop).unref()
    return close()
  })
  const running = async () => {
    close = await listen(await createApp({ config, log }), config, log)
    if (!config.production) greet(config)
    await stopped
  }
  await Promise.race([running(), stopped])
}

function onSignal(stop: (signal: string) => Promise<void>) {
  return new Promise<void>((resolve, reject) => {
    for (const signal of ['SIGTERM', 'SIGINT']) {
      process.once(signal, () => void stop(signal).then(resolve, reject))
    }
  })
}

/** Returns what closes all of it. Whoever finds the server ready finds the rest in place. */
async function listen(app: App, config: Config, log: Logger) {
  const { host, port, metricsPort } = config
  const { registry } = app.services.metrics
  const opened: { close: () => Promise<void> }[] = [app]
  const close = async () => {
    for (const one of opened.toReversed()) await one.close()
  }
  try {
    if (!config.postgres) opened.push(await takeCommands(app, config.dataDir, log))
    if (registry && metricsPort !== null) {
      const metrics = serveMetrics(registry, { host, port: metricsPort })
      opened.push(await orExplained(metrics, `${host}:${metricsPort}`, 'METRICS_PORT'))
    }
    await orExplained(app.server.listen({ host, port }), `${host}:${port}`, 'PORT')
    return close
  } catch (error) {
    await close()
    throw error
  }
}

/** Where sockets have no place in a file system, or not at a path that long, the rest works all the same. */
const takeCommands = (app: App, dataDir: string, log: Logger) =>
  listenForCommands(dataDir, app.services).catch((err: unknown) => {
    log.warn({ err }, 'the command line cannot reach this server: stop it to use one')
    return { close: () => Promise.resolve() }
  })

const orExplained = <T>(listening: Promise<T>, address: string, setting: string) =>
  listening.catch((error: unknown) => {
    throw explained(error as NodeJS.ErrnoException, address, setting)
  })

function explained(error: NodeJS.ErrnoException, address: string, setting: string) {
  if (error.code === 'EADDRINUSE') return new StartupError(`${address} is in use: set ${setting}.`)
  return error.syscall
    ? new StartupError(`${address} cannot be listened on: ${error.message}`)
    : error
}

/** A service that cannot write goes on all the same. */
function greet(config: Config) {
  process.stdout.on('error', () => undefined)
  process.stdout.write(banner(config))
}

const banner = ({ publicUrl, postgres, dataDir, mail }: Config) => `
  Latchkey is ready.

  GraphiQL   ${publicUrl}/graphql   (open it in a browser)
  Health     ${publicUrl}/readyz
${mail.preview ? `  Mail       ${publicUrl}/dev/mail   (what was sent, in a browser on this machine)\n` : ''}  Keys       ${publicUrl}/.well-known/jwks.json
  Data       ${postgres ? 'PostgreSQL (DATABASE_URL)' : `embedded, in ${dataDir}`}

`
