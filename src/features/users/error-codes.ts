/** Why operations of this feature refuse. */
export const errorCodes = {
  EMAIL_TAKEN: 'An account with this address exists.',
  USERNAME_TAKEN: 'An account with this user name exists.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
