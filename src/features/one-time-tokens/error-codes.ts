/** The error codes of this feature. */
export const errorCodes = {
  INVALID_TOKEN: 'The token of the message is unknown, used or replaced by a newer one.',
  TOKEN_EXPIRED: 'The token of the message has expired. Ask for a new message.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
