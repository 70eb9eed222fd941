import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './bench.js'
import { createServerPool } from './server-pool.js'
import { createLoad } from './load/load.js'
import { readOptions, type Options } from './options.js'
import { profile } from './profile/profile.js'
import { createFigures } from './report/figures.js'
import { formatReport } from './report/report.js'
import { describeMachine, writeReport } from './report/write.js'
import { selectScenarios } from './scenarios/scenarios.js'
import { checkBuilt } from './support/built.js'
import { createDatabases } from './support/databases.js'
import { installPeers } from './support/peers.js'
import { openPostgres } from './support/postgres.js'
import { openRedis } from './support/redis.js'

const start = performance.now()

function logProgress(text: string) {
  const seconds = Math.round((performance.now() - start) / 1_000)
  process.stderr.write(`${String(seconds).padStart(4)} s  ${text}\n`)
}

async function main(options: Options) {
  checkBuilt()
  installPeers(logProgress)
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const postgres = await openPostgres(process.env['BENCH_DATABASE_URL'], folder)
  const redis = await openRedis(process.env['BENCH_REDIS_URL'])
  const databases = createDatabases(postgres.url)
  const serverPool = createServerPool({ databases, folder, users: options.users, logProgress })
  const load = createLoad()

  async function close() {
    load.stop()
    await serverPool.close()
    await databases.dropAll()
    await redis?.close()
    postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const bench = { options, serverPool, load, redis, figures: createFigures(), logProgress }
  const printPartialReport = () =>
    process.stdout.write(`so far:\n\n${formatReport(bench.figures)}\n`)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) return // npm forwards a signal that the terminal has already sent to the group
      stopping.abort()
      printPartialReport()
      void close().finally(() => process.exit(1))
    })
  }

  try {
    const work = options.profile ? profile(bench, options.profile) : runScenarios(bench)
    const text = `${describeMachine(postgres.version, new Date())}\n\n${await work}`
    process.stdout.write(`${text}\n`)
    if (options.write && !options.profile) await writeReport(text)
  } catch (error) {
    if (!stopping.signal.aborted) printPartialReport()
    throw error
  } finally {
    if (!stopping.signal.aborted) await close()
  }
}

async function runScenarios(bench: Bench) {
  for (const [name, scenario] of selectScenarios(bench.options)) {
    logProgress(`measuring ${name}`)
    await scenario(bench)
  }
  return formatReport(bench.figures)
}

main(readOptions(process.argv.slice(2))).catch((error: unknown) => {
  logProgress(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
