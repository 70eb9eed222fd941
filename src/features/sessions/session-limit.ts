import type { SessionOptions } from './session-options.js'

/**
 * Which of a user's live sessions (least recently used first) have to go for one more; null when there is no room
 * and the policy is to refuse.
 */
export function makeRoom(
  live: readonly string[],
  { maxPerUser, limitPolicy }: SessionOptions,
): readonly string[] | null {
  if (maxPerUser === 0) return []
  const tooMany = live.length - maxPerUser + 1
  if (tooMany <= 0) return []
  return limitPolicy === 'refuse' ? null : live.slice(0, tooMany)
}
