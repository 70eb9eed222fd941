import type { Logger } from 'pino'
import type { Config } from '../compose/config/config.js'
import type { EnvFile } from '../compose/config/env-file.js'
import { findMisspelledSettings } from '../compose/config/misspelled-settings.js'
import type { Environment } from '../compose/config/settings/setting.js'
import { workerNumberVariable } from './cluster/messages.js'
import { printBanner } from './print-banner.js'
import { isLoopback } from '../platform/http/loopback.js'
import { createLogger } from '../platform/observability/logger.js'
import { runUntilStopped, waitForSignal } from './run-until-stopped.js'

/**
 * Runs the server until a signal, in this process or, with WORKERS, in several. Loads only the modules of that mode.
 */
export async function start(
  config: Config,
  environment: NodeJS.ProcessEnv,
  file: EnvFile | null = null,
) {
  const log = createLogger(config.logLevel)
  const worker = Number(environment[workerNumberVariable] ?? 0)
  if (worker > 0) {
    const { runWorker } = await import('./cluster/worker.js')
    return runWorker(worker, config, log)
  }
  // Before anything opens: process 1 of a container gets no signal without a handler.
  const stopSignal = waitForSignal()
  logEnvFile(file, log)
  warnOfMisspelledSettings({ ...file?.variables, ...environment }, log)
  warnOfTrustedProxyCount(config, log)
  if (config.workers > 1) {
    const { runPrimary } = await import('./cluster/primary.js')
    return runPrimary(stopSignal, config, log)
  }
  const { serve } = await import('./serve.js')
  const open: Parameters<typeof runUntilStopped>[1] = async (closables) => {
    await serve({ config, log }, closables)
    printBanner(config)
  }
  await runUntilStopped(stopSignal, open, log)
}

/** Never the values: some are secrets. */
function logEnvFile(file: EnvFile | null, log: Logger) {
  if (!file) return
  const settings = Object.keys(file.applied).length
  log.info({ file: file.path, settings }, 'settings were read from .env')
}

function warnOfMisspelledSettings(environment: Environment, log: Logger) {
  for (const { name, suggestion } of findMisspelledSettings(environment)) {
    log.warn(`${name} is not a setting and is ignored: did you mean ${suggestion}?`)
  }
}

/** If TRUST_PROXY is a number, a client that reaches the port directly can pretend to be a proxy. */
function warnOfTrustedProxyCount({ production, host, trustedProxies }: Config, log: Logger) {
  const isCount = typeof trustedProxies === 'number' && trustedProxies > 0
  if (!production || !isCount || host === '::1' || isLoopback(host)) return
  log.warn(
    `TRUST_PROXY=${trustedProxies} trusts every client that reaches ${host} without the proxy: let only the proxy reach the port, or set TRUST_PROXY to its addresses`,
  )
}
