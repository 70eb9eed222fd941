/** Why operations of this feature refuse. */
export const errorCodes = {
  EMAIL_NOT_VERIFIED:
    'The address has to be verified first (`requestEmailVerification` mails the link again). Only with the right password.',
  ACCOUNT_DISABLED: 'The account has been disabled. Only with the right password.',
  REGISTRATION_CLOSED: 'The service does not take registrations.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
