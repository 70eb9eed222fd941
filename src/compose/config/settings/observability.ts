import { choice, integer } from '../value-types.js'
import { defineGroup } from './setting.js'

export const observability = defineGroup({
  title: 'Logs and metrics',
  settings: {
    LOG_LEVEL: {
      parse: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
      default: 'info',
      description: 'The lowest level that is logged.',
    },
    METRICS_PORT: {
      parse: integer(1, 65_535),
      unset: 'no metrics',
      description: 'Serves Prometheus metrics at `/metrics` on this separate port.',
    },
  },
  toConfig: (values) => ({
    logLevel: values.LOG_LEVEL,
    /** Null: no metrics. */
    metricsPort: values.METRICS_PORT ?? null,
  }),
})
