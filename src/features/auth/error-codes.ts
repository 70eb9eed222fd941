/** The error codes of this feature. */
export const errorCodes = {
  EMAIL_NOT_VERIFIED:
    'The address must be verified first (`requestEmailVerification` sends the link again). Only returned after a correct password or passkey.',
  ACCOUNT_DISABLED:
    'An operator disabled the account. Only returned after a correct password or passkey.',
  REGISTRATION_CLOSED: 'The service does not accept registrations.',
  MFA_ENROLLMENT_REQUIRED:
    'The service requires a second factor, and this session has none. It can only enrol one (`beginTotpEnrollment`, `beginPasskeyRegistration`) or sign in again with it.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
