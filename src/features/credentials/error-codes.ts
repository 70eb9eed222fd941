/** The error codes of this feature. */
export const errorCodes = {
  INVALID_CREDENTIALS: 'The address or the password is wrong. Both cases have this code.',
  WEAK_PASSWORD: 'The password does not meet the rules. See `passwordProblems`.',
  REAUTHENTICATION_REQUIRED:
    'The operation needs a recent proof of presence. Call `reauthenticate`, then try again.',
  INVALID_MFA_CODE:
    'The code is wrong, was used before, or is not evaluated after too many wrong codes.',
  INVALID_CHALLENGE: 'The challenge is unknown, used or expired, or has no try left. Start again.',
  MFA_NOT_ENABLED: 'The account has no second factor.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
