import { createHash } from 'node:crypto'
import { errors, jwtVerify, type JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { systemClock, type Clock } from './clock.js'
import { isCanonicalBase64url } from './base64url.js'
import { createKeys } from './keys.js'

/** The caller, as described by the access token. */
export interface Caller {
  /** `sub`. */
  readonly userId: string
  /** `sid`. */
  readonly sessionId: string
  readonly roles: readonly string[]
  /** The values of `scope`. */
  readonly scopes: readonly string[]
  /** `auth_time`: when the user last proved presence. */
  readonly authenticatedAt: Date
  readonly expiresAt: Date
  /** All claims, unchanged. */
  readonly claims: Readonly<JWTPayload>
}

export type Verification =
  | { readonly kind: 'valid'; readonly caller: Caller }
  | { readonly kind: 'missing' | 'expired' }
  /** `cause` is for the log: another issuer or audience is often a mistake in the settings. */
  | { readonly kind: 'invalid'; readonly cause: string }

export interface VerifierOptions {
  /** `PUBLIC_URL` of Latchkey. */
  readonly issuer: string
  /** `JWT_AUDIENCE` of Latchkey. Default: the issuer. */
  readonly audience?: string
  /** The URL of the keys. Default: `/.well-known/jwks.json` of the issuer. */
  readonly jwksUrl?: string
  /** The allowed clock difference in milliseconds. Default: 5,000. */
  readonly clockSkew?: number
  readonly clock?: Clock
}

export interface Verifier {
  /** Verifies an `Authorization` header. Throws KeysUnavailable while no keys are available. */
  readonly verify: (authorization: string | null | undefined) => Promise<Verification>
}

/** The keys of the issuer are not available, so no token can be accepted or refused. Answer with 503. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

const cacheTtlMs = 60_000

const maxCachedTokens = 10_000

/**
 * Verifies access tokens (RFC 9068) with the published keys, without a request to Latchkey for each token. A token is
 * valid until it expires, even after its session has ended. If that is too long, ask Latchkey for `me`.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const issuer = options.issuer.replace(/\/+$/, '')
  const { audience = issuer, clockSkew = 5_000, clock = systemClock } = options
  const url = new URL(options.jwksUrl ?? '/.well-known/jwks.json', issuer)
  const keys = createKeys(url, clock)
  const verifyOptions = {
    issuer,
    audience,
    typ: 'at+jwt',
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    requiredClaims: ['sub', 'sid', 'exp', 'iat'],
    clockTolerance: clockSkew / 1_000,
  }
  // The key is a hash of the whole token, including the signature. No token is kept in memory.
  const cache = new LRUCache<string, Caller>({ max: maxCachedTokens, ttl: cacheTtlMs })

  return {
    async verify(authorization) {
      const token = parseBearer(authorization)
      if (token === null) return { kind: 'missing' }
      if (!isCanonicalBase64url(token.slice(token.lastIndexOf('.') + 1))) {
        return { kind: 'invalid', cause: 'the signature is not spelled as base64url spells it' }
      }
      const key = createHash('sha256').update(token).digest('base64')
      const cached = cache.get(key)
      if (cached && cached.expiresAt > clock.now()) return { kind: 'valid', caller: cached }
      try {
        const { payload } = await jwtVerify(token, keys, {
          ...verifyOptions,
          currentDate: clock.now(),
        })
        if (!isNonEmptyString(payload.sub) || !isNonEmptyString(payload['sid'])) {
          return { kind: 'invalid', cause: 'a token without a user or a session' }
        }
        const caller = toCaller(payload)
        cache.set(key, caller)
        return { kind: 'valid', caller }
      } catch (error) {
        return toVerification(error)
      }
    },
  }
}

const isNonEmptyString = (claim: unknown) => typeof claim === 'string' && claim !== ''

/**
 * Parses the header (RFC 6750 §2.1); the scheme is case-insensitive. An empty header from signed-out clients is no
 * token.
 */
function parseBearer(authorization: string | null | undefined): string | null {
  const [, token] = /^bearer +(\S+)$/i.exec(authorization?.trim() ?? '') ?? []
  return token ?? null
}

function toCaller(claims: JWTPayload): Caller {
  const { sub = '', exp = 0, iat = 0 } = claims
  const { sid, roles, scope, auth_time } = claims as Record<string, unknown>
  return {
    userId: sub,
    sessionId: String(sid),
    roles: Array.isArray(roles) ? roles.map(String) : [],
    scopes: typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : [],
    authenticatedAt: new Date((typeof auth_time === 'number' ? auth_time : iat) * 1_000),
    expiresAt: new Date(exp * 1_000),
    claims,
  }
}

// The error codes of jose for invalid tokens. All other errors mean that the keys are not available.
const tokenErrorCodes = new Set([
  'ERR_JWT_CLAIM_VALIDATION_FAILED',
  'ERR_JWT_INVALID',
  'ERR_JWS_INVALID',
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JOSE_ALG_NOT_ALLOWED',
  'ERR_JOSE_NOT_SUPPORTED',
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
])

function toVerification(error: unknown): Verification {
  if (error instanceof errors.JWTExpired) return { kind: 'expired' }
  if (error instanceof errors.JOSEError && tokenErrorCodes.has(error.code)) {
    return { kind: 'invalid', cause: error.message }
  }
  throw new KeysUnavailable(
    'Cannot fetch the keys of the issuer. Check that its JWKS URL is reachable.',
    { cause: error },
  )
}
