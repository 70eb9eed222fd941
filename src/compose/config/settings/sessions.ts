import { choice, duration, integer } from '../value-types.js'
import { defineGroup } from './setting.js'

export const sessions = defineGroup({
  title: 'Sessions',
  settings: {
    REFRESH_IDLE_TTL: {
      parse: duration('5m', '400d'),
      default: '14d',
      description: 'A session ends when it is not used for this long.',
    },
    SESSION_MAX_AGE: {
      parse: duration('5m', '400d'),
      default: '90d',
      description: 'A session ends after this time, even when it is in use.',
    },
    REFRESH_GRACE: {
      parse: duration('0', '5m'),
      default: '30s',
      description:
        'How long a replaced refresh token still gets its successor without its `attempt` value, by the database’s clock. `0` turns this off.',
    },
    MAX_SESSIONS_PER_USER: {
      parse: integer(0, 10_000),
      default: '20',
      description: 'Maximum number of sessions (signed-in devices) per user. `0`: no limit.',
    },
    SESSION_LIMIT_POLICY: {
      parse: choice('evict', 'refuse'),
      default: 'evict',
      description:
        'At the maximum, `evict` ends the least recently used session, and `refuse` refuses the new one.',
    },
  },
  toConfig: (values) => ({
    sessions: {
      idleLifetimeMs: values.REFRESH_IDLE_TTL,
      maxAgeMs: values.SESSION_MAX_AGE,
      graceMs: values.REFRESH_GRACE,
      maxPerUser: values.MAX_SESSIONS_PER_USER,
      limitPolicy: values.SESSION_LIMIT_POLICY,
    },
  }),
})
