import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../platform/clock.js'

// Milliseconds. A key that is retired after a leak is trusted no longer than that, where Latchkey can be reached.
const keptFor = 5 * 60_000
// Where it cannot, an outage refuses nobody, and a retired key is trusted that long. No token lives longer.
const outlastFor = 60 * 60_000
const pause = 10_000
const patience = 5_000

/**
 * The published keys: fetched once in a while, and not for every forged key id that somebody sends. While they cannot be
 * fetched, the last ones go on for an hour, tried again every ten seconds.
 */
export function createKeys(url: URL, clock: Clock): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, { cacheMaxAge: keptFor, timeoutDuration: patience })
  let goodAt = 0
  let retryAt = 0

  return async (header, token) => {
    const now = clock.now().getTime()
    const last = remote.jwks()
    if (last && now < retryAt) return createLocalJWKSet(last)(header, token)
    try {
      const key = await remote(header, token)
      goodAt = now
      return key
    } catch (error) {
      const isAnswered = error instanceof errors.JWKSNoMatchingKey
      if (isAnswered || !last || now > goodAt + outlastFor) throw error
      retryAt = now + pause
      return createLocalJWKSet(last)(header, token)
    }
  }
}
