/** Why operations of this feature refuse. */
export const errorCodes = {
  INVALID_CREDENTIALS: 'The address or the password is wrong: the same for both.',
  WEAK_PASSWORD: 'The password is not acceptable: see `passwordProblems`.',
  REAUTHENTICATION_REQUIRED: 'Call `reauthenticate`, then try again.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
