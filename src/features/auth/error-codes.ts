/** The error codes of this feature. */
export const errorCodes = {
  EMAIL_NOT_VERIFIED:
    'The address must be verified first (`requestEmailVerification` sends the link again). Only returned for the correct password.',
  ACCOUNT_DISABLED: 'An operator disabled the account. Only returned for the correct password.',
  REGISTRATION_CLOSED: 'The service does not accept registrations.',
  MFA_ENROLLMENT_REQUIRED:
    'The service requires a second factor, and this session has none. It can only enrol one (`beginTotpEnrollment`, `beginPasskeyRegistration`) or sign in again with it.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
