/** The error codes of this feature. */
export const errorCodes = {
  EMAIL_NOT_VERIFIED:
    'The address must be verified first (`requestEmailVerification` sends the link again). Only returned for the correct password.',
  ACCOUNT_DISABLED: 'An operator disabled the account. Only returned for the correct password.',
  REGISTRATION_CLOSED: 'The service does not accept registrations.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
