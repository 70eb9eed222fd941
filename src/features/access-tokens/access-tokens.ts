import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { seconds, type Clock } from '../../platform/clock.js'
import { isId } from '../../platform/crypto/ids.js'
import type { VerifiedToken } from '../../platform/graphql/context.js'
import { createJws, type JwsEngine } from './jws.js'
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
  readonly engine: JwsEngine
}

export type AccessTokens = ReturnType<typeof createAccessTokens>

const type = 'at+jwt'
const clientId = 'latchkey'

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
  const jws = createJws(options.engine)
  const verified =
    options.cacheSize > 0 ? new LRUCache<string, Accepted>({ max: options.cacheSize }) : null

  return {
    async issue(subject: AccessTokenSubject) {
      const issuedAt = seconds(clock.now())
      const expiresIn = Math.floor(options.lifetime / 1_000)
      const claims = {
        iss: options.issuer,
        aud: options.audience,
        sub: subject.userId,
        sid: subject.sessionId,
        client_id: clientId,
        iat: issuedAt,
        exp: issuedAt + expiresIn,
        jti: newTokenId(),
        auth_time: seconds(subject.authenticatedAt),
        amr: subject.amr,
        roles: [],
        scope: '',
      }
      const token = await jws.sign(claims, type, keys.current())
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
    const opened = await jws.open(token, type, keys.find)
    const claims = opened && acceptable(opened.payload as Partial<Record<string, unknown>> | null)
    if (!claims) return { kind: 'invalid' }
    const { userId, sessionId, iat, nbf, exp } = claims
    const latest = now.getTime() + options.clockSkew
    if (iat * 1_000 > latest || nbf * 1_000 > latest) return { kind: 'invalid' }
    const expiresAt = new Date(exp * 1_000 + options.clockSkew)
    if (expiresAt <= now) return { kind: 'expired' }
    return { kind: 'valid', userId, sessionId, expiresAt, keyId: opened.keyId }
  }

  /** The claims of RFC 9068 §2.2 as we write them; null when one is not so. */
  function acceptable(payload: Partial<Record<string, unknown>> | null) {
    const { iss, aud, sub, sid, jti, exp, iat, nbf = 0, client_id, auth_time } = payload ?? {}
    if (iss !== options.issuer || aud !== options.audience || client_id !== clientId) return null
    if (!isId(sub) || !isId(sid) || !isId(jti)) return null
    if (!isTime(exp) || !isTime(iat) || !isTime(auth_time)) return null
    if (typeof nbf !== 'number') return null // not written by us, but looked at (RFC 7519 §4.1.5)
    return { userId: sub, sessionId: sid, iat, nbf, exp }
  }
}

/** Whole seconds, as we write them: JSON can also say 1e400, which is never over. */
const isTime = (value: unknown): value is number => Number.isSafeInteger(value)
