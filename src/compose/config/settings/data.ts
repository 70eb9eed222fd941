import { choice, duration, integer, postgresUrl, redisUrl, secrets, text } from '../value-types.js'
import { defineGroup } from './setting.js'

export const data = defineGroup({
  title: 'Data and secrets',
  settings: {
    DATA_DIR: {
      parse: text('a folder'),
      default: './data',
      description:
        'The folder of the embedded database and its secret. Only one process can use it at a time.',
    },
    DATABASE_URL: {
      parse: postgresUrl,
      unset: 'the embedded database',
      secret: true,
      description: 'PostgreSQL 15 or newer. Requires `AUTH_SECRET`.',
    },
    DATABASE_POOL_SIZE: {
      parse: integer(1, 500),
      default: '10',
      description: 'Maximum number of connections to PostgreSQL per worker.',
    },
    DATABASE_STATEMENTS: {
      parse: choice('prepared', 'prisma'),
      default: 'prepared',
      description:
        '`prisma` prepares no statements: for poolers that use another connection for every transaction. The pooler must forward the startup parameter `options`.',
    },
    REDIS_URL: {
      parse: redisUrl,
      unset: 'each replica counts by itself',
      secret: true,
      description: 'The Redis server in which all replicas count attempts together.',
    },
    AUTH_SECRET: {
      parse: secrets,
      unset: 'generated into `DATA_DIR`',
      secret: true,
      description:
        'Create one with `openssl rand -base64 32`; required with `DATABASE_URL`. The first secret of a list signs, all of them verify.',
    },
    AUDIT_RETENTION: {
      parse: duration('1d', '3650d', { orNever: true }),
      default: '400d',
      description: 'How long audit events are kept. `0` keeps them for ever.',
    },
  },
  toConfig: (values, { optimizations }) => ({
    /** Folder of the embedded database, used without DATABASE_URL. */
    dataDir: values.DATA_DIR,
    postgres: values.DATABASE_URL
      ? { url: values.DATABASE_URL, poolSize: values.DATABASE_POOL_SIZE }
      : null,
    /** How hot statements are sent. */
    hotPath: { statements: values.DATABASE_STATEMENTS, batching: optimizations.batching },
    /** Null: attempts are counted in memory. */
    redisUrl: values.REDIS_URL ?? null,
    /** Null: generated once into `dataDir`. */
    authSecrets: values.AUTH_SECRET ?? null,
    /** Milliseconds for which audit events are kept; 0: for ever. */
    auditRetentionMs: values.AUDIT_RETENTION,
  }),
})
