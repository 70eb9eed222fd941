/** Why operations of this feature refuse. */
export const errorCodes = {
  INVALID_TOKEN: 'A token from a message that is unknown, or was used or replaced before.',
  TOKEN_EXPIRED: 'A token from a message that came too late: ask for another.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
