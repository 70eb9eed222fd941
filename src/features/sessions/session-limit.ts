import type { SessionOptions } from './session-options.js'

/**
 * Which of a user's live sessions (least recently used first) have to go for one more; null when there is no room
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
