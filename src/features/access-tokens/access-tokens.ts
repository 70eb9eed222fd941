import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { toUnixSeconds, type Clock } from '../../platform/clock.js'
import { isId } from '../../platform/crypto/ids.js'
import type { TokenVerification } from '../../platform/graphql/context.js'
import { verifyJws, signJws } from './jws.js'
import type { SigningKeys } from './signing-keys.js'

/** What an access token says beyond who issued it, when and for whom. */
export interface AccessTokenSubject {
  readonly userId: string
  readonly sessionId: string
  /** When the person last proved presence. */
  readonly authenticatedAt: Date
  /** RFC 8176. */
  readonly amr: readonly string[]
}

export interface AccessTokenOptions {
  readonly issuer: string
  readonly audience: string
  /** Milliseconds. */
  readonly lifetimeMs: number
  /** How far clocks may differ, in milliseconds: at most a minute. */
  readonly clockSkewMs: number
  /** How many good tokens are remembered, so that a busy caller costs no signature check; 0: none. */
  readonly cacheSize: number
}

export type AccessTokens = ReturnType<typeof createAccessTokens>

const tokenType = 'at+jwt'
const clientId = 'latchkey'

// Our own tokens are some 900 bytes; a longer header is not one, and is not worth parsing.
const maxTokenLength = 4_096

/** Of a token with a good signature: valid from then until it expires, while its key is published. */
type AcceptedToken = Extract<TokenVerification, { kind: 'valid' }> & {
  readonly keyId: string
  readonly validFromMs: number
}

/** Access tokens: JWTs per RFC 9068, issued here and verified offline, here and by every gateway. */
export function createAccessTokens(
  options: AccessTokenOptions,
  { keys, clock, newTokenId }: { keys: SigningKeys; clock: Clock; newTokenId: () => string },
) {
  const cache =
    options.cacheSize > 0 ? new LRUCache<string, AcceptedToken>({ max: options.cacheSize }) : null

  return {
    async issue(subject: AccessTokenSubject) {
      const issuedAt = toUnixSeconds(clock.now())
      const expiresIn = Math.floor(options.lifetimeMs / 1_000)
      const claims = {
        iss: options.issuer,
        aud: options.audience,
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
      // Its first use costs no signature check either: `keys.load` has seen jose accept what this key signs.
      const accepted = checkClaims(claims, key.id)
      if (accepted) cache?.set(cacheKeyOf(token), accepted)
      return { token, expiresIn }
    },

    /** Whose token it is. A bad token is an answer; only an unreachable database throws. */
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

  /** What a token is now, remembered or not. Whether the session lives is asked of the database each time. */
  function validityOf({ keyId, validFromMs, expiresAtMs }: AcceptedToken) {
    const nowMs = clock.now().getTime()
    if (!keys.isPublished(keyId) || nowMs < validFromMs) return 'invalid'
    return nowMs < expiresAtMs ? 'valid' : 'expired'
  }

  /** The claims of RFC 9068 §2.2 as we write them; null when one is not so. */
  function checkClaims(
    payload: Partial<Record<string, unknown>>,
    keyId: string,
  ): AcceptedToken | null {
    const { iss, aud, sub, sid, jti, exp, iat, nbf = 0, client_id, auth_time } = payload
    if (iss !== options.issuer || aud !== options.audience || client_id !== clientId) return null
    if (!isId(sub) || !isId(sid) || !isId(jti)) return null
    if (!isTime(exp) || !isTime(iat) || !isTime(auth_time)) return null
    if (typeof nbf !== 'number') return null // not written by us, but looked at (RFC 7519 §4.1.5)
    // Numbers: a Date beyond its range compares with nothing, and such a token would be valid at once.
    const validFromMs = Math.max(iat, nbf) * 1_000 - options.clockSkewMs
    const expiresAtMs = exp * 1_000 + options.clockSkewMs
    return { kind: 'valid', userId: sub, sessionId: sid, keyId, validFromMs, expiresAtMs }
  }
}

/** A digest: a dump of the memory holds no tokens, and a lookup takes no longer for a token that is nearly right. */
const cacheKeyOf = (token: string) => hash('sha256', token, 'base64url')

/** Whole seconds, as we write them: JSON can also say 1e400, which is never over. */
const isTime = (value: unknown): value is number => Number.isSafeInteger(value)
