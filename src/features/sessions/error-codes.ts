/** The error codes of this feature. */
export const errorCodes = {
  INVALID_REFRESH_TOKEN: 'The refresh token is missing, unknown or malformed.',
  REFRESH_TOKEN_EXPIRED:
    'The refresh token was not used in time, or the session reached its absolute limit.',
  REFRESH_TOKEN_REUSED:
    'The refresh token was replaced longer ago than the grace interval, and the `attempt` does not match. The session has been ended.',
  SESSION_ENDED: 'The session has ended: sign in again.',
  SESSION_LIMIT_REACHED:
    'The user has the maximum number of sessions, and the policy refuses new ones.',
  NOT_FOUND: 'No object has this id, or you may not see it.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
