import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { Clock } from './clock.js'
import { singleFlight } from './single-flight.js'

// Milliseconds. A key that is retired after a leak is trusted no longer than that, where Latchkey can be reached.
const cacheMs = 5 * 60_000
// Where it cannot, an outage refuses nobody, and a retired key is trusted that long. No token lives longer.
const maxStaleMs = 60 * 60_000
const retryDelayMs = 10_000
const timeoutMs = 5_000
// Between two fetches for key ids that are not known. A token that waits for the next one is not refused for it.
const lookUpIntervalMs = 1_000

/**
 * The published keys, fetched once in a while. A key id that is not known is looked up by a fetch that starts after the
 * token came: tokens with forged ids share it, at most one in a second. While the keys cannot be fetched, the last ones
 * go on for an hour, tried again every ten seconds.
 */
export function createKeys(url: URL, clock: Clock): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, {
    cacheMaxAge: cacheMs,
    timeoutDuration: timeoutMs,
    cooldownDuration: Infinity, // unknown ids are looked up here
  })
  const refetch = singleFlight(async () => {
    // A fetch under way may have begun before the key was there.
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
