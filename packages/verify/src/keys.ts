import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { Clock } from './clock.js'
import { singleFlight } from './single-flight.js'

// In milliseconds. While Latchkey is reachable, a key retired after a leak is trusted for at most this time.
const cacheMs = 5 * 60_000
// During an outage of Latchkey, keys stay trusted for this time, even retired ones. No token lives longer.
const maxStaleMs = 60 * 60_000
const retryDelayMs = 10_000
const timeoutMs = 5_000
// The minimum interval between two fetches for unknown key ids. Tokens wait for the next fetch and are not refused.
const lookUpIntervalMs = 1_000

/**
 * Caches the published keys. A fetch that starts after the token arrived looks up an unknown key id. Tokens with
 * forged ids share such fetches: at most one per second. While a fetch fails, the last keys stay valid for an hour,
 * with a retry every ten seconds.
 */
export function createKeys(url: URL, clock: Clock): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, {
    cacheMaxAge: cacheMs,
    timeoutDuration: timeoutMs,
    cooldownDuration: Infinity, // `refetch` looks up unknown ids
  })
  const refetch = singleFlight(async () => {
    // A fetch in progress may have started before the key was published.
    if (remote.reloading) await remote.reload()
    await remote.reload()
  }, lookUpIntervalMs)
  let lastSuccessAt = 0
  let retryAt = 0

  const findKey: JWTVerifyGetKey = async (header, token) => {
    try {
      return await remote(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await refetch()
      return remote(header, token)
    }
  }

  return async (header, token) => {
    const now = clock.now().getTime()
    const lastKeys = remote.jwks()
    if (lastKeys && now < retryAt) return createLocalJWKSet(lastKeys)(header, token)
    try {
      const key = await findKey(header, token)
      lastSuccessAt = now
      return key
    } catch (error) {
      const isAnswered = error instanceof errors.JWKSNoMatchingKey
      if (isAnswered || !lastKeys || now > lastSuccessAt + maxStaleMs) throw error
      retryAt = now + retryDelayMs
      return createLocalJWKSet(lastKeys)(header, token)
    }
  }
}
