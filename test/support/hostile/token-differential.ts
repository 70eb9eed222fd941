import fc from 'fast-check'
import { createVerifier as createFastVerifier } from 'fast-jwt'
import { createAccessTokens } from '../../../src/features/access-tokens/index.js'
import { createVerifier } from '@latchkey/verify'
import { startApp } from '../app/app.js'
import { registerPerson } from '../app/client.js'
import { decodeJwt, readSigningKey, type Json } from '../app/jwt.js'
import { FrozenClock } from '../app/rate-limits.js'
import { tokenMutations, type Algorithm, type GenuineToken } from './mutated-tokens.js'

const issuer = 'http://localhost:4000'
const clockSkewMs = 5_000

/** The content of a token, regardless of its signer. */
interface TokenContent {
  readonly token: string
  readonly header: Json
  readonly claims: Json
  readonly genuine: GenuineToken
}

interface KnownDifference {
  /** The verifiers that refuse a token which fast-jwt accepts: the service, or @latchkey/verify as well. */
  readonly by: readonly ('service' | 'verify')[]
  readonly reason: string
  readonly applies: (content: TokenContent) => boolean
}

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const isId = (value: unknown) => typeof value === 'string' && id.test(value)
const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isTime = (value: unknown) => Number.isSafeInteger(value)

/** Tokens that fast-jwt accepts and we refuse on purpose. Any other difference is a fault. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    by: ['service', 'verify'],
    reason: 'kid names no published key (fast-jwt was given the key)',
    applies: ({ header, genuine }) => header['kid'] !== genuine.header['kid'],
  },
  {
    by: ['service'],
    reason: 'the header has members besides alg, kid and typ (RFC 8725 §3.10)',
    applies: ({ header }) => Object.keys(header).sort().join() !== 'alg,kid,typ',
  },
  {
    by: ['verify'],
    reason:
      'crit is there and no list (RFC 7515 §4.1.11); fast-jwt overlooks null, 0, false and ""',
    applies: ({ header }) => 'crit' in header && !Array.isArray(header['crit']),
  },
  {
    by: ['service', 'verify'],
    reason:
      'the signature has a second spelling in base64url (OWASP JWT Cheat Sheet, malleability)',
    applies: ({ token }) => {
      const [, , signature = ''] = token.split('.')
      return Buffer.from(signature, 'base64url').toString('base64url') !== signature
    },
  },
  {
    by: ['service'],
    reason: 'it has more than 4,096 characters',
    applies: ({ token }) => token.length > 4_096,
  },
  {
    by: ['service', 'verify'],
    reason: 'it expires at this moment (RFC 7519 §4.1.4: "on or after"); fast-jwt accepts it',
    applies: ({ claims, genuine }) => claims['exp'] === genuine.nowSeconds - clockSkewMs / 1_000,
  },
  {
    by: ['service'],
    reason: 'aud is a list, which we never write',
    applies: ({ claims }) => Array.isArray(claims['aud']),
  },
  {
    by: ['service'],
    reason: 'sub, sid or jti is no id, or client_id is not ours (RFC 9068 §2.2 requires them)',
    applies: ({ claims, genuine }) =>
      !['sub', 'sid', 'jti'].every((name) => isId(claims[name])) ||
      claims['client_id'] !== genuine.claims['client_id'],
  },
  {
    by: ['verify'],
    reason: 'sub or sid is no text, or iat no number',
    applies: ({ claims }) =>
      !['sub', 'sid'].every((name) => isText(claims[name])) || typeof claims['iat'] !== 'number',
  },
  {
    by: ['service'],
    reason: 'exp, iat or auth_time is no whole number of seconds',
    applies: ({ claims }) => !['exp', 'iat', 'auth_time'].every((name) => isTime(claims[name])),
  },
  {
    by: ['service'],
    reason: 'it was issued later than now, by more than the skew; fast-jwt does not look',
    applies: ({ claims, genuine }) =>
      Number(claims['iat']) > genuine.nowSeconds + clockSkewMs / 1_000,
  },
]

export interface Outcome {
  /** How many tokens were accepted by the service. */
  readonly accepted: number
  readonly refused: number
  /** The known differences that occurred. */
  readonly metDifferences: ReadonlySet<string>
  /** Tokens about which the verifiers differ without a reason. */
  readonly unexplained: readonly string[]
}

const batchSize = 1_000

/** Compares the service, @latchkey/verify and fast-jwt over this many mutated tokens. */
export async function compareVerifiers(
  algorithm: Algorithm,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): Promise<Outcome> {
  const clock = new FrozenClock()
  clock.advance(`${1_000 - clock.now().getMilliseconds()}ms`) // to a whole second: limits are met exactly
  const app = await startApp({ env: { JWT_ALGORITHM: algorithm }, clock })
  try {
    const { accessToken: token } = await registerPerson(app)
    const { privateKey, publicKey } = await readSigningKey(app)
    const nowSeconds = clock.now().getTime() / 1_000
    const genuine = { token, ...decodeJwt(token), algorithm, privateKey, nowSeconds }
    const options = { issuer, audience: issuer, lifetimeMs: 600_000, clockSkewMs, cacheSize: 0 }
    const deps = { keys: app.app.services.keys, clock, newTokenId: () => '' }
    const service = createAccessTokens(options, deps)
    const jwksUrl = `${app.url}/.well-known/jwks.json`
    const { verify } = createVerifier({ issuer, jwksUrl, clock, clockSkew: clockSkewMs })
    const fast = createFastVerifier({
      key: publicKey.export({ type: 'spki', format: 'pem' }) as string,
      algorithms: [algorithm],
      allowedIss: issuer,
      allowedAud: issuer,
      checkTyp: 'at+jwt',
      requiredClaims: ['iss', 'aud', 'exp'],
      clockTimestamp: clock.now().getTime(),
      clockTolerance: clockSkewMs,
    })
    const fastJwtAccepts = (one: string) => {
      try {
        return Boolean(fast(one))
      } catch {
        return false
      }
    }
    const counts = { accepted: 0, refused: 0 }
    const metDifferences = new Set<string>()
    const unexplained: string[] = []

    async function compare(mutated: string) {
      const accepts = {
        service: (await service.verify(mutated)).kind === 'valid',
        // A header cannot carry a Bearer token that is empty or contains whitespace.
        verify: /^\S+$/.test(mutated) && (await verify(`Bearer ${mutated}`)).kind === 'valid',
        fast: fastJwtAccepts(mutated),
      }
      counts[accepts.service ? 'accepted' : 'refused'] += 1
      const isExplained = (by: 'service' | 'verify') => {
        const content = { token: mutated, ...decodeJwt(mutated), genuine }
        const found = knownDifferences.filter((one) => one.by.includes(by) && one.applies(content))
        for (const { reason } of found) metDifferences.add(`${by}: ${reason}`)
        return found.length > 0
      }
      const isRight =
        (accepts.service === accepts.fast || (accepts.fast && isExplained('service'))) &&
        (accepts.verify === accepts.fast || (accepts.fast && isExplained('verify')))
      if (!isRight) unexplained.push(`${JSON.stringify(accepts)} ${mutated}`)
    }

    for (let done = 0; done < runs; done += batchSize) {
      const numRuns = Math.min(batchSize, runs - done)
      const mutates = fc.sample(tokenMutations, { numRuns, seed: seed + done })
      await Promise.all(mutates.map((mutate) => compare(mutate(genuine))))
    }
    return { ...counts, metDifferences, unexplained }
  } finally {
    await app.close()
  }
}
