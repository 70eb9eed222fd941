import { choice, duration, integer, postgresUrl, redisUrl, secrets, text } from '../value-types.js'
import { defineGroup } from './setting.js'

export const data = defineGroup({
  title: 'Data and secrets',
  settings: {
    DATA_DIR: {
      parse: text('a folder'),
      default: './data',
      description:
        'Where the embedded database and its secret are. Only one process at a time uses it.',
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
      description: 'Connections to PostgreSQL, of each worker.',
    },
    DATABASE_STATEMENTS: {
      parse: choice('prepared', 'prisma'),
      default: 'prepared',
      description:
        '`prisma` prepares no statements: for poolers that give every transaction another connection. The pooler must pass the startup parameter `options` on.',
    },
    REDIS_URL: {
      parse: redisUrl,
      unset: 'each replica counts by itself',
      secret: true,
      description: 'Where all replicas together count attempts.',
    },
    AUTH_SECRET: {
      parse: secrets,
      unset: 'generated into `DATA_DIR`',
      secret: true,
      description:
        'Make one with `openssl rand -base64 32`; required with `DATABASE_URL`. The first of a list signs and all verify.',
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
