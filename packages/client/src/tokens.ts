/** The tokens of a signed-in client. */
export interface Tokens {
  readonly accessToken: string
  /** Null if the refresh token is in a cookie. */
  readonly refreshToken: string | null
  /** When to refresh the access token, while it is still valid. In milliseconds of this device's clock. */
  readonly renewAt: number
  /** When the access token expires. */
  readonly expiresAt: number
  readonly userId: string
  readonly sessionId: string
}

/** The fields of an `AuthPayload` that a session needs: the fields of the fragment `AuthTokens`. */
export interface AuthTokens {
  readonly accessToken: string
  /** In seconds. */
  readonly expiresIn: number
  readonly refreshToken?: string | null
}

/** The remaining lifetime is for requests that are in progress when a token is replaced. */
const renewAfterFraction = 0.75

/**
 * Creates tokens from the answer of the service. Times start now on the device's own clock, which may be wrong by
 * hours. `reauthenticate` returns no refresh token: the session keeps its current one.
 */
export function tokensFrom(payload: AuthTokens, now: number, previous: Tokens | null): Tokens {
  const { accessToken, expiresIn } = payload
  const { sub, sid } = claimsOf(accessToken)
  const lifetimeMs = expiresIn * 1_000
  const keptRefreshToken = previous?.sessionId === sid ? previous.refreshToken : null
  return {
    accessToken,
    refreshToken: payload.refreshToken ?? keptRefreshToken,
    renewAt: now + lifetimeMs * renewAfterFraction,
    expiresAt: now + lifetimeMs,
    userId: sub,
    sessionId: sid,
  }
}

/** Whether this is a success result of a mutation that signs in. */
export function isAuthTokens(result: unknown): result is AuthTokens {
  const { accessToken, expiresIn } = (result ?? {}) as Partial<AuthTokens>
  return typeof accessToken === 'string' && typeof expiresIn === 'number'
}

/** Validates data that another page stored or sent, perhaps with another version. */
export function isTokens(value: unknown): value is Tokens {
  const { accessToken, refreshToken, renewAt, expiresAt, userId, sessionId } = (value ??
    {}) as Partial<Tokens>
  return (
    [accessToken, userId, sessionId].every((text) => typeof text === 'string') &&
    [renewAt, expiresAt].every((time) => typeof time === 'number') &&
    (refreshToken === null || typeof refreshToken === 'string')
  )
}

/** The user id of an access token. */
export const userIdOf = (accessToken: string) => claimsOf(accessToken).sub

/** Reads the user and session of a token. The claims are not verified: the service makes all decisions. */
function claimsOf(token: string) {
  const [, payload = ''] = token.split('.')
  try {
    // The ids are ASCII. Wrong decoding of other claims does not matter.
    const claims: unknown = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))
    const { sub, sid } = (claims ?? {}) as Record<string, unknown>
    return { sub: asText(sub), sid: asText(sid) }
  } catch {
    return { sub: '', sid: '' }
  }
}

const asText = (claim: unknown) => (typeof claim === 'string' ? claim : '')
