/** Why operations of this feature refuse. */
export const errorCodes = {
  INVALID_REFRESH_TOKEN: 'Missing, unknown or malformed.',
  REFRESH_TOKEN_EXPIRED: 'It was not used in time, or the session reached its absolute limit.',
  REFRESH_TOKEN_REUSED:
    'It was replaced before, longer ago than the grace interval, and came without the `attempt` of its replacement: the session has been ended.',
  SESSION_ENDED: 'The session has ended: sign in again.',
  SESSION_LIMIT_REACHED: 'The user has as many sessions as allowed and the policy is to refuse.',
  NOT_FOUND: 'There is nothing of that id, or nothing that you may know of.',
} as const

declare module '../../platform/graphql/auth-error.types.js' {
  interface AuthErrorCodes extends Readonly<Record<keyof typeof errorCodes, string>> {}
}
