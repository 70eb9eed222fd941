import { choice, integer, number, rangeApi } from '../value-types.js'
import { defineGroup } from './setting.js'

export const accounts = defineGroup({
  title: 'Accounts and passwords',
  settings: {
    REGISTRATION: {
      parse: choice('open', 'closed'),
      default: 'open',
      description: 'Whether new users may register.',
    },
    EMAIL_VERIFICATION: {
      parse: choice('optional', 'required'),
      default: 'optional',
      description:
        '`required`: users cannot sign in before they verify their address. Existing sessions continue.',
    },
    MFA: {
      parse: choice('optional', 'required'),
      default: 'optional',
      description:
        '`required`: a session without a second factor can only enrol one. Its access tokens are valid only for this service.',
    },
    PASSWORD_MIN_LENGTH: {
      parse: integer(8, 64),
      default: '8',
      description:
        'Minimum number of characters (code points) of a new password. NIST asks for 15 where a password is the only factor.',
    },
    PASSWORD_BREACH_CHECK: {
      parse: rangeApi,
      default: 'off',
      secret: true,
      description:
        'The range API (k-anonymity) that looks up new passwords. If it does not answer, the password is accepted.',
    },
    RATE_LIMIT_FACTOR: {
      parse: number(0, 100_000),
      default: '1',
      description:
        'Multiplies the budget of every rate limit. `0` turns the limits off; production refuses `0`.',
    },
  },
  toConfig: (values) => ({
    registrationOpen: values.REGISTRATION === 'open',
    emailVerificationRequired: values.EMAIL_VERIFICATION === 'required',
    mfaPolicy: values.MFA,
    passwords: {
      minLength: values.PASSWORD_MIN_LENGTH,
      /** URL of a range API; null: passwords are not looked up. */
      breachCheck: values.PASSWORD_BREACH_CHECK,
    },
    rateLimitFactor: values.RATE_LIMIT_FACTOR,
  }),
})
