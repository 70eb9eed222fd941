/** The error codes of this feature. */
export const errorCodes = {
  MFA_ALREADY_ENABLED: 'The account already has an authenticator app. Remove it first.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
