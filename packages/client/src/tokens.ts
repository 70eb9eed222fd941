/** What a signed-in client holds. */
export interface Tokens {
  readonly accessToken: string
  /** Null where the refresh token is in a cookie. */
  readonly refreshToken: string | null
  /** From when on a new access token is fetched, while this one still does. Milliseconds of this device's clock. */
  readonly renewAt: number
  /** When the access token is good for nothing any more. */
  readonly expiresAt: number
  readonly userId: string
  readonly sessionId: string
}

/** The fields of an `AuthPayload` that a session needs: those of the fragment `AuthTokens`. */
export interface AuthTokens {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly refreshToken?: string | null
}

/** The rest of the time is for requests that are under way when a token is replaced. */
const renewAfterFraction = 0.75

/**
 * What the service gave. Times are counted on the device's own clock from now: that clock may be wrong by hours.
 * `reauthenticate` gives no refresh token: the one that the session has goes on.
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

/** Whether it is the success of a mutation that signs in. */
export function isAuthTokens(result: unknown): result is AuthTokens {
  const { accessToken, expiresIn } = (result ?? {}) as Partial<AuthTokens>
  return typeof accessToken === 'string' && typeof expiresIn === 'number'
}

/** What was kept or sent by another page, perhaps one of another version. */
export function isTokens(value: unknown): value is Tokens {
  const { accessToken, refreshToken, renewAt, expiresAt, userId, sessionId } = (value ??
    {}) as Partial<Tokens>
  return (
    [accessToken, userId, sessionId].every((text) => typeof text === 'string') &&
    [renewAt, expiresAt].every((time) => typeof time === 'number') &&
    (refreshToken === null || typeof refreshToken === 'string')
  )
}

/** Whose access token it is. */
export const userIdOf = (accessToken: string) => claimsOf(accessToken).sub

/** Only to know whose token it is. Nothing is decided by it that the service does not decide. */
function claimsOf(token: string) {
  const [, payload = ''] = token.split('.')
  try {
    // The ids are ASCII: what atob makes of other claims does not matter.
    const claims: unknown = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))
    const { sub, sid } = (claims ?? {}) as Record<string, unknown>
    return { sub: asText(sub), sid: asText(sid) }
  } catch {
    return { sub: '', sid: '' }
  }
}

const asText = (claim: unknown) => (typeof claim === 'string' ? claim : '')
