/** The error codes of this feature. */
export const errorCodes = {
  INVALID_CREDENTIALS: 'The address or the password is wrong. Both cases have this code.',
  WEAK_PASSWORD: 'The password does not meet the rules. See `passwordProblems`.',
  REAUTHENTICATION_REQUIRED:
    'The operation needs a recent proof of presence. Call `reauthenticate`, then try again.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
