import { choice, duration, integer, text } from '../value-types.js'
import { defineGroup } from './setting.js'

export const tokens = defineGroup({
  title: 'Access tokens and signing keys',
  settings: {
    ACCESS_TOKEN_TTL: {
      parse: duration('1m', '1h'),
      default: '10m',
      description: 'How long an access token is valid.',
    },
    JWT_AUDIENCE: {
      parse: text('any text'),
      unset: '`PUBLIC_URL`',
      description: 'The `aud` claim of access tokens.',
    },
    CLOCK_SKEW: {
      parse: duration('0', '60s'),
      default: '5s',
      description: 'The maximum difference between the clocks of replicas.',
    },
    TOKEN_CACHE_SIZE: {
      parse: integer(0, 1_000_000),
      default: '10000',
      description:
        'Number of verified or issued access tokens that are memoized until they expire, some 1 kB each; `0`: none. Raise it for more concurrent callers.',
    },
    JWT_ALGORITHM: {
      parse: choice('RS256', 'ES256', 'EdDSA'),
      default: 'RS256',
      description:
        'The algorithm of new keys. Every gateway verifies `RS256`; Hive, Yoga and Mesh cannot verify `EdDSA`.',
    },
    KEY_ROTATION_INTERVAL: {
      parse: duration('1h', '400d', { orNever: true }),
      default: '90d',
      description:
        'How long a key signs before the next key replaces it. With `0` keys rotate only by command.',
    },
  },
  toConfig: (values, { publicUrl }) => ({
    accessTokens: {
      lifetimeMs: values.ACCESS_TOKEN_TTL,
      issuer: publicUrl,
      audience: values.JWT_AUDIENCE ?? publicUrl,
      clockSkewMs: values.CLOCK_SKEW,
      cacheSize: values.TOKEN_CACHE_SIZE,
    },
    signingKeys: {
      algorithm: values.JWT_ALGORITHM,
      rotationIntervalMs: values.KEY_ROTATION_INTERVAL,
    },
  }),
})
