import {
  appUrl,
  choice,
  integer,
  integerOr,
  origin,
  origins,
  text,
  trustedProxies,
} from '../value-types.js'
import { defineGroup } from './setting.js'

export const maxWorkers = 64

export const server = defineGroup({
  title: 'Server',
  settings: {
    NODE_ENV: {
      parse: choice('development', 'production', 'test'),
      default: 'development',
      description: '`production` turns GraphiQL and introspection off and requires `PUBLIC_URL`.',
    },
    HOST: {
      parse: text('an address or a host name'),
      default: '127.0.0.1',
      description: 'The address to listen on.',
    },
    PORT: { parse: integer(1, 65_535), default: '4000', description: 'The port to listen on.' },
    PUBLIC_URL: {
      parse: origin,
      unset: '`http://localhost:PORT`',
      description:
        'The URL under which clients reach the service, and the issuer of tokens. Required in production, where it must be https.',
    },
    APP_URL: {
      parse: appUrl,
      unset: '`PUBLIC_URL`',
      description:
        'The front end that mailed links open (`APP_URL/reset-password?token=...`). Without it Latchkey serves its own pages.',
    },
    CORS_ORIGINS: {
      parse: origins,
      unset: 'none',
      description: 'The exact origins of browser front ends.',
    },
    TRUST_PROXY: {
      parse: trustedProxies,
      default: '0',
      description:
        'The proxies in front, or their number: with a number, the server trusts every client that reaches the port directly. With `0` the server ignores `X-Forwarded-For`.',
    },
    WORKERS: {
      parse: integerOr('auto', 1, maxWorkers),
      default: '1',
      description:
        'Number of worker processes; `auto`: one per core (1 with the embedded database). More than one needs `DATABASE_URL` and `REDIS_URL`.',
    },
  },
  toConfig: (values, { production, publicUrl, appUrl, workers }) => ({
    production,
    host: values.HOST,
    port: values.PORT,
    publicUrl,
    /** The start of mailed links. */
    appUrl,
    corsOrigins: values.CORS_ORIGINS ?? [],
    trustedProxies: values.TRUST_PROXY,
    /** Number of worker processes. Every other number is per worker, except `metricsPort`. */
    workers,
  }),
})
