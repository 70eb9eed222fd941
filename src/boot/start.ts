import type { Logger } from 'pino'
import type { Config } from '../compose/config/config.js'
import type { EnvFile } from '../compose/config/env-file.js'
import { nearMisses } from '../compose/config/near-misses.js'
import type { Environment } from '../compose/config/settings/setting.js'
import { workerVariable } from './cluster/messages.js'
import { greet } from './greet.js'
import { isLoopback } from '../platform/http/loopback.js'
import { createLogger } from '../platform/observability/logger.js'
import { runUntil, signalled } from './run-until.js'

/** Runs the server until a signal, in this process or, with WORKERS, in several. Each loads what it needs. */
export async function start(
  config: Config,
  environment: NodeJS.ProcessEnv,
  file: EnvFile | null = null,
) {
  const log = createLogger(config.logLevel)
  const worker = Number(environment[workerVariable] ?? 0)
  if (worker > 0) {
    const { runWorker } = await import('./cluster/worker.js')
    return runWorker(worker, config, log)
  }
  // Before anything is opened: process 1 of a container gets no signal that nobody waits for.
  const told = signalled()
  tellOfEnvFile(file, log)
  warnOfNearMisses({ ...file?.variables, ...environment }, log)
  warnOfOpenPort(config, log)
  if (config.workers > 1) {
    const { runPrimary } = await import('./cluster/primary.js')
    return runPrimary(told, config, log)
  }
  const { serve } = await import('./serve.js')
  const open: Parameters<typeof runUntil>[1] = async (opened) => {
    await serve({ config, log }, opened)
    greet(config)
  }
  await runUntil(told, open, log)
}

/** Never the values: some are secrets. */
function tellOfEnvFile(file: EnvFile | null, log: Logger) {
  if (!file) return
  const settings = Object.keys(file.given).length
  log.info({ file: file.path, settings }, 'settings were read from .env')
}

function warnOfNearMisses(environment: Environment, log: Logger) {
  for (const { name, meant } of nearMisses(environment)) {
    log.warn(`${name} is not a setting and is ignored: did you mean ${meant}?`)
  }
}

/** A number of proxies says nothing of who they are: a client that reaches the port itself may pose as one. */
function warnOfOpenPort({ production, host, trustedProxies }: Config, log: Logger) {
  const isCount = typeof trustedProxies === 'number' && trustedProxies > 0
  if (!production || !isCount || host === '::1' || isLoopback(host)) return
  log.warn(
    `TRUST_PROXY=${trustedProxies} believes anybody who reaches ${host} without the proxy: let only the proxy reach the port, or set TRUST_PROXY to its addresses`,
  )
}
