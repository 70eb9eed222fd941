/** The error codes of this feature. */
export const errorCodes = {
  EMAIL_TAKEN: 'Another account has this address.',
  USERNAME_TAKEN: 'Another account has this user name.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
