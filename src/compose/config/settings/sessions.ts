import { choice, duration, integer } from '../value-types.js'
import { defineGroup } from './setting.js'

export const sessions = defineGroup({
  title: 'Sessions',
  settings: {
    REFRESH_IDLE_TTL: {
      parse: duration('5m', '400d'),
      default: '14d',
      description: 'A session that is not used for this long ends.',
    },
    SESSION_MAX_AGE: {
      parse: duration('5m', '400d'),
      default: '90d',
      description: 'A session ends after this long, however much it is used.',
    },
    REFRESH_GRACE: {
      parse: duration('0', '5m'),
      default: '30s',
      description:
        'How long, by the database’s clock, a replaced refresh token gets its successor without its `attempt` value. `0` turns it off.',
    },
    MAX_SESSIONS_PER_USER: {
      parse: integer(0, 10_000),
      default: '20',
      description: 'On how many devices a user may be signed in. `0`: any number.',
    },
    SESSION_LIMIT_POLICY: {
      parse: choice('evict', 'refuse'),
      default: 'evict',
      description:
        'What happens beyond that number: `evict` ends the least recently used session, `refuse` refuses the new one.',
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
