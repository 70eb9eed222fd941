import { createApp } from './app.js'
import { nearMisses, parseConfig } from './config.js'
import { StartupError } from './platform/errors.js'
import { createLogger } from './platform/observability/logger.js'

/** Starts the server and stops it on a signal: SIGTERM from an orchestrator, SIGINT from a terminal. */
async function main() {
  const config = parseConfig(process.env)
  const log = createLogger(config.logLevel)
  for (const { name, meant } of nearMisses(process.env)) {
    log.warn(`${name} is not a setting and is ignored: did you mean ${meant}?`)
  }

  const app = await createApp({ config, log })
  try {
    await app.server.listen({ host: config.host, port: config.port })
  } catch (error) {
    await app.close()
    throw inUse(error) ? new StartupError(`Port ${config.port} is in use: set PORT.`) : error
  }
  if (config.production) log.info({ host: config.host, port: config.port }, 'listening')
  else process.stdout.write(banner(config))

  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping')
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        fail(error)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

const banner = ({ publicUrl, postgres, dataDir }: ReturnType<typeof parseConfig>) => `
  Latchkey is ready.

  GraphiQL   ${publicUrl}/graphql   (open it in a browser)
  Health     ${publicUrl}/readyz
  Keys       ${publicUrl}/.well-known/jwks.json
  Data       ${postgres ? 'PostgreSQL (DATABASE_URL)' : `embedded, in ${dataDir}`}

`

const inUse = (error: unknown) => (error as NodeJS.ErrnoException).code === 'EADDRINUSE'

/** A mistake in the settings is told in a sentence; a bug with its stack. */
function fail(error: unknown) {
  const text =
    error instanceof StartupError
      ? error.message
      : error instanceof Error
        ? error.stack
        : String(error)
  process.stderr.write(`${text ?? ''}\n`)
  process.exit(1)
}

main().catch(fail)
