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
  /** Past the front door: to look at what remains. */
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
  /** What to switch off. */
  readonly optimizations?: Partial<Optimizations>
  /** A database that exists already (for a second replica, or a restart); it is not dropped. */
  readonly target?: DatabaseTarget
  readonly clock?: TestClock
  /** Makes signing keys of its own: nobody else's tokens are good there. */
  readonly ownKeys?: boolean
  /** Nothing happens by itself, and messages wait until `deliver` is called, unless it says `background`. */
  readonly jobs?: 'background' | 'manual'
  /** Connections to PostgreSQL. */
  readonly poolSize?: number
  /** For the deadlines of requests; by default a slow one. */
  readonly timer?: Timer
}

export { testSecret }

/** What is not about limits must not run into them; the way through them is the same, on Redis where there is one. */
const unlimitedEnv = {
  RATE_LIMIT_FACTOR: '1000',
  ...(process.env['TEST_REDIS_URL'] && { REDIS_URL: process.env['TEST_REDIS_URL'] }),
}

/** What is not about deadlines must not run into them, however busy the machine is. */
const slowTimer: Timer = {
  now: () => systemTimer.now() / 20,
  start: (ms, onTime) => systemTimer.start(ms * 20, onTime),
}

/** What makes it fast, as by default or, with TEST_OPTIMIZATIONS=off, not at all. */
const optimizationEnv: Record<string, string> = optimizationsOff
  ? {
      DATABASE_STATEMENTS: 'prisma',
      TOKEN_CACHE_SIZE: '0',
    }
  : {}
const optimizations: Optimizations = {
  ...allOptimizations,
  ...(optimizationsOff && { batching: false, argon2Engine: 'argon2' }),
  // One process less per app; test/alone has the hashing process.
  hashingProcess: false,
}

/** The real application, on its own database and its own port, with a clock that can be moved. */
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

/** Of the keys that all tests share, where nothing speaks against them. */
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
