import { createApp, type App } from '../../../src/compose/app.js'
import { parseConfig } from '../../../src/compose/config/config.js'
import { allOptimizations, type Optimizations } from '../../../src/compose/config/optimizations.js'
import type { DatabaseTarget, Db } from '../../../src/platform/database/database.js'
import { createLogger } from '../../../src/platform/observability/logger.js'
import { systemTimer, type Timer } from '../../../src/platform/timer.js'
import { TestClock } from './clock.js'
import { createTestDatabase } from '../database/database.js'
import { optimizationsOff } from './optimizations-off.js'
import { testSecret } from './test-secret.js'

export interface TestApp {
  /** Where it listens, for example `http://127.0.0.1:41234`. */
  readonly url: string
  readonly clock: TestClock
  /** The log so far, one JSON text per line. */
  readonly logLines: string[]
  /** Direct access to the database, to check its content. */
  readonly db: Db
  readonly app: App
  readonly target: DatabaseTarget
  /** Sends the messages that are due. */
  readonly deliver: () => Promise<void>
  /** Closes the app and drops its database. */
  readonly close: () => Promise<void>
}

export interface TestAppOptions {
  /** Settings, as in the environment. */
  readonly env?: Record<string, string>
  /** The optimizations to switch off. */
  readonly optimizations?: Partial<Optimizations>
  /** An existing database (for a second replica, or a restart). It is not dropped. */
  readonly target?: DatabaseTarget
  readonly clock?: TestClock
  /** Creates signing keys of its own, so tokens of other apps are invalid there. */
  readonly ownKeys?: boolean
  /** `manual`: no job runs by itself, and messages wait until `deliver` is called. */
  readonly jobs?: 'background' | 'manual'
  /** Connections to PostgreSQL. */
  readonly poolSize?: number
  /** For the deadlines of requests; by default a slow one. */
  readonly timer?: Timer
}

export { testSecret }

/** High limits for tests of other features. The code path is the same, and uses Redis if available. */
const unlimitedEnv = {
  RATE_LIMIT_FACTOR: '1000',
  ...(process.env['TEST_REDIS_URL'] && { REDIS_URL: process.env['TEST_REDIS_URL'] }),
}

/** Long deadlines for tests of other features, however busy the machine is. */
const slowTimer: Timer = {
  now: () => systemTimer.now() / 20,
  start: (ms, onTime) => systemTimer.start(ms * 20, onTime),
}

/** The optimization settings: the defaults, or all off with TEST_OPTIMIZATIONS=off. */
const optimizationEnv: Record<string, string> = optimizationsOff
  ? {
      DATABASE_STATEMENTS: 'prisma',
      TOKEN_CACHE_SIZE: '0',
    }
  : {}
const optimizations: Optimizations = {
  ...allOptimizations,
  ...(optimizationsOff && { batching: false, argon2Engine: 'argon2' }),
  // Saves one process per app; test/alone covers the hashing process.
  hashingProcess: false,
}

/** The real application, on its own database and port, with a clock that tests can move. */
export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { env = {}, clock = new TestClock(), jobs = 'manual' } = options
  const ownDatabase = options.target
    ? null
    : await createTestDatabase({ keysCreatedAt: keysCreatedAt(options, clock) })
  const target = withPoolSize(options.target ?? ownDatabase?.target, options.poolSize)
  const limits = env['RATE_LIMIT_FACTOR'] === undefined ? unlimitedEnv : {}
  const environment = {
    NODE_ENV: 'test',
    PUBLIC_URL: 'http://localhost:4000',
    AUTH_SECRET: testSecret,
    LOG_LEVEL: 'debug',
    ...limits,
    ...optimizationEnv,
    ...env,
  }
  const config = parseConfig(environment, {
    optimizations: { ...optimizations, ...options.optimizations },
  })
  const logLines: string[] = []
  const log = createLogger(config.logLevel, { write: (line) => void logLines.push(line) })
  const { timer = slowTimer } = options
  const app = await createApp({ config, log, clock, target, jobs, timer })
  const url = await app.server.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    clock,
    logLines,
    app,
    target,
    db: app.services.database.db,
    deliver: () => app.services.deliverer.deliverDue(new AbortController().signal),
    async close() {
      await app.close()
      await ownDatabase?.drop()
    },
  }
}

/** The creation time of the shared signing keys, if this app may use them. */
function keysCreatedAt({ env = {}, ownKeys = false }: TestAppOptions, clock: TestClock) {
  const needsOtherKeys = 'AUTH_SECRET' in env || 'JWT_ALGORITHM' in env
  return ownKeys || needsOtherKeys ? null : clock.now()
}

function withPoolSize(
  target: DatabaseTarget | undefined,
  poolSize: number | undefined,
): DatabaseTarget {
  if (!target) throw new Error('a database target is needed')
  return target.kind === 'postgres' && poolSize ? { ...target, poolSize } : target
}
