import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { toUnixSeconds, type Clock } from '../../platform/clock.js'
import { isId } from '../../platform/crypto/ids.js'
import type { TokenVerification } from '../../platform/graphql/context.js'
import { verifyJws, signJws } from './jws.js'
import type { SigningKeys } from './signing-keys.js'

/** The claims of an access token apart from issuer, times and audience. */
export interface AccessTokenSubject {
  readonly userId: string
  readonly sessionId: string
  /** When the user last proved presence. */
  readonly authenticatedAt: Date
  /** Authentication methods (RFC 8176). */
  readonly amr: readonly string[]
  /** Whether the session must enrol a second factor first. Other services must refuse its tokens. */
  readonly mustEnroll: boolean
}

export interface AccessTokenOptions {
  readonly issuer: string
  readonly audience: string
  /** Milliseconds. */
  readonly lifetimeMs: number
  /** The tolerated clock skew in milliseconds, at most 60,000. */
  readonly clockSkewMs: number
  /** How many valid tokens are cached, so that a busy client needs no signature check; 0: none. */
  readonly cacheSize: number
}

export type AccessTokens = ReturnType<typeof createAccessTokens>

const tokenType = 'at+jwt'
const clientId = 'latchkey'

// Our tokens have about 900 bytes. A longer header is not ours and is not parsed.
const maxTokenLength = 4_096

/** A token with a valid signature. It is valid from `validFromMs` until it expires, while its key is published. */
type AcceptedToken = Extract<TokenVerification, { kind: 'valid' }> & {
  readonly keyId: string
  readonly validFromMs: number
}

/** Access tokens: JWTs of RFC 9068. This service issues them; it and every gateway verify them offline. */
export function createAccessTokens(
  options: AccessTokenOptions,
  { keys, clock, newTokenId }: { keys: SigningKeys; clock: Clock; newTokenId: () => string },
) {
  const cache =
    options.cacheSize > 0 ? new LRUCache<string, AcceptedToken>({ max: options.cacheSize }) : null

  // No other service accepts this audience (RFC 9068 §4).
  const enrollmentAudience = `${options.issuer.replace(/\/$/, '')}/enrollment`
  const audiences = new Set<unknown>([options.audience, enrollmentAudience])

  return {
    async issue(subject: AccessTokenSubject) {
      const issuedAt = toUnixSeconds(clock.now())
      const expiresIn = Math.floor(options.lifetimeMs / 1_000)
      const claims = {
        iss: options.issuer,
        aud: subject.mustEnroll ? enrollmentAudience : options.audience,
        sub: subject.userId,
        sid: subject.sessionId,
        client_id: clientId,
        iat: issuedAt,
        exp: issuedAt + expiresIn,
        jti: newTokenId(),
        auth_time: toUnixSeconds(subject.authenticatedAt),
        amr: subject.amr,
        roles: [],
        scope: '',
      }
      const key = keys.current()
      const token = await signJws(claims, tokenType, key)
      // Cached at once: the first use needs no signature check either. `keys.load` has verified that jose accepts
      // signatures of this key.
      const accepted = checkClaims(claims, key.id)
      if (accepted) cache?.set(cacheKeyOf(token), accepted)
      return { token, expiresIn }
    },

    /** The user and session of the token. An invalid token is a result; only an unreachable database throws. */
    async verify(token: string): Promise<TokenVerification> {
      if (token.length > maxTokenLength) return { kind: 'invalid' }
      const cached = cache?.get(cacheKeyOf(token))
      const accepted = cached ?? (await verifySignature(token))
      if (!accepted) return { kind: 'invalid' }
      const kind = validityOf(accepted)
      if (kind !== 'valid') return { kind }
      if (!cached) cache?.set(cacheKeyOf(token), accepted)
      return accepted
    },
  }

  async function verifySignature(token: string) {
    const verified = await verifyJws(token, tokenType, keys.find)
    return verified && checkClaims(verified.payload ?? {}, verified.keyId)
  }

  /** The current validity of a token, cached or not. The caller checks on every request whether the session is live. */
  function validityOf({ keyId, validFromMs, expiresAtMs }: AcceptedToken) {
    const nowMs = clock.now().getTime()
    if (!keys.isPublished(keyId) || nowMs < validFromMs) return 'invalid'
    return nowMs < expiresAtMs ? 'valid' : 'expired'
  }

  /** Checks the claims of RFC 9068 §2.2 as we write them; null if one differs. */
  function checkClaims(
    payload: Partial<Record<string, unknown>>,
    keyId: string,
  ): AcceptedToken | null {
    const { iss, aud, sub, sid, jti, exp, iat, nbf = 0, client_id, auth_time } = payload
    if (iss !== options.issuer || !audiences.has(aud) || client_id !== clientId) return null
    if (!isId(sub) || !isId(sid) || !isId(jti)) return null
    if (!isTime(exp) || !isTime(iat) || !isTime(auth_time)) return null
    if (typeof nbf !== 'number') return null // we do not write it, but RFC 7519 §4.1.5 requires the check
    // Numbers, not Dates: every comparison with a Date out of range is false, so such a token would always be valid.
    const validFromMs = Math.max(iat, nbf) * 1_000 - options.clockSkewMs
    const expiresAtMs = exp * 1_000 + options.clockSkewMs
    return { kind: 'valid', userId: sub, sessionId: sid, keyId, validFromMs, expiresAtMs }
  }
}

/** A digest: a memory dump contains no tokens, and the time of a lookup does not depend on how close a guess is. */
const cacheKeyOf = (token: string) => hash('sha256', token, 'base64url')

/** Whole seconds, as we write them. JSON also allows 1e400, which never expires. */
const isTime = (value: unknown): value is number => Number.isSafeInteger(value)
