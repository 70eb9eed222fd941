import { hash } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { JWTHeaderParameters } from 'jose'
import { LRUCache } from 'lru-cache'
import { seconds, type Clock } from '../../platform/clock.js'
import { isId } from '../../platform/crypto/ids.js'
import type { VerifiedToken } from '../../platform/graphql/context.js'
import { signingAlgorithms } from './key-material.js'
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
  readonly lifetime: number
  /** How far clocks may differ, in milliseconds: at most a minute. */
  readonly clockSkew: number
  /** How many verified tokens are remembered, so that a busy caller costs no signature check; 0: none. */
  readonly cacheSize: number
}

export type AccessTokens = ReturnType<typeof createAccessTokens>

const type = 'at+jwt'
const clientId = 'latchkey'
const requiredClaims = ['iss', 'aud', 'sub', 'exp', 'iat', 'jti', 'sid', 'client_id']

// Our own tokens are some 900 bytes; a longer header is not one, and is not worth parsing.
const longestToken = 4_096

type Refused = Exclude<VerifiedToken, { kind: 'valid' }>
/** Accepted for as long as it has not expired and its key is published. */
type Accepted = Extract<VerifiedToken, { kind: 'valid' }> & { readonly keyId: string }

/** Access tokens: JWTs per RFC 9068, issued here and verified offline, here and by every gateway. */
export function createAccessTokens(
  options: AccessTokenOptions,
  { keys, clock, newTokenId }: { keys: SigningKeys; clock: Clock; newTokenId: () => string },
) {
  const verified =
    options.cacheSize > 0 ? new LRUCache<string, Accepted>({ max: options.cacheSize }) : null

  return {
    async issue(subject: AccessTokenSubject) {
      const issuedAt = seconds(clock.now())
      const expiresIn = Math.floor(options.lifetime / 1_000)
      const claims = {
        sid: subject.sessionId,
        client_id: clientId,
        roles: [],
        scope: '',
        auth_time: seconds(subject.authenticatedAt),
        amr: subject.amr,
      }
      const { id, algorithm, privateKey } = keys.current()
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, kid: id, typ: type })
        .setIssuer(options.issuer)
        .setAudience(options.audience)
        .setSubject(subject.userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + expiresIn)
        .setJti(newTokenId())
        .sign(privateKey)
      return { token, expiresIn }
    },

    /** Whose token it is. A bad token is an answer; only an unreachable database throws. */
    async verify(token: string): Promise<VerifiedToken> {
      if (token.length > longestToken) return { kind: 'invalid' }
      const now = clock.now()
      const id = hash('sha256', token, 'base64url')
      const known = verified?.get(id)
      if (!known) {
        const result = await check(token, now)
        if (result.kind === 'valid') verified?.set(id, result)
        return result
      }
      if (now >= known.expiresAt) return { kind: 'expired' }
      return keys.isPublished(known.keyId) ? known : { kind: 'invalid' }
    },
  }

  async function check(token: string, now: Date): Promise<Accepted | Refused> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, findKey, {
        algorithms: signingAlgorithms,
        typ: type,
        issuer: options.issuer,
        audience: options.audience,
        requiredClaims,
        clockTolerance: options.clockSkew / 1_000,
        currentDate: now,
      })
      const { sub, sid, jti, aud, client_id: client, exp, iat, auth_time: authTime } = payload
      const ids = isId(sub) && isId(sid) && isId(jti) && typeof aud === 'string'
      const times = isTime(exp) && isTime(iat) && isTime(authTime)
      if (!ids || client !== clientId || !times) return { kind: 'invalid' }
      if (iat * 1_000 > now.getTime() + options.clockSkew) return { kind: 'invalid' }
      const expiresAt = new Date(exp * 1_000 + options.clockSkew)
      const keyId = protectedHeader.kid ?? ''
      const authenticatedAt = new Date(authTime * 1_000)
      return { kind: 'valid', userId: sub, sessionId: sid, authenticatedAt, expiresAt, keyId }
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { kind: 'expired' }
      if (error instanceof errors.JOSEError) return { kind: 'invalid' }
      throw error
    }
  }

  /**
   * Only our own keys, by their id, and only with their own algorithm: `jwk`, `jku` and `x5u` in a header
   * select nothing (RFC 8725 §3.1, §3.10).
   */
  async function findKey({ kid, alg }: JWTHeaderParameters) {
    const key = typeof kid === 'string' ? await keys.find(kid) : undefined
    if (key?.algorithm !== alg) throw new errors.JWKSNoMatchingKey()
    return key.publicKey
  }
}

/** Whole seconds, as we write them: JSON can also say 1e400, which is never over. */
const isTime = (value: unknown): value is number => Number.isSafeInteger(value)
