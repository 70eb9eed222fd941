import type { SessionOptions } from './session-options.js'

/**
 * The live sessions to evict for a new one. `liveIds` begins with the least recently used. Null if the limit is reached
 * and the policy is to refuse.
 */
export function selectEvicted(
  liveIds: readonly string[],
  { maxPerUser, limitPolicy }: SessionOptions,
): readonly string[] | null {
  if (maxPerUser === 0) return []
  const excess = liveIds.length - maxPerUser + 1
  if (excess <= 0) return []
  return limitPolicy === 'refuse' ? null : liveIds.slice(0, excess)
}
