import Bowser from 'bowser'
import { LRUCache } from 'lru-cache'

/**
 * A client description that a person recognises in a list of devices, for example `Chrome on macOS`. Empty if nothing
 * is recognised. Parsing tries about 80 patterns on text that the client controls, so it runs once, at sign-in.
 */
export function describeClient(userAgent: string | null): string {
  if (!userAgent) return ''
  const parser = Bowser.getParser(userAgent)
  const browser = parser.getBrowserName()
  const os = parser.getOSName()
  return browser && os ? `${browser} on ${os}` : browser || os || ''
}

// Keys are user agents of at most 300 characters.
const descriptionCache = new LRUCache<string, string>({ max: 1_000 })

/** The client description of a session; null if unknown. */
export function clientOf(session: {
  readonly storedClient: string | null
  readonly userAgent: string | null
}): string | null {
  const { storedClient, userAgent } = session
  return (storedClient ?? describeCached(userAgent)) || null
}

/** Memoized (LRU), for sessions from before descriptions were stored. */
function describeCached(userAgent: string | null): string {
  const cached = descriptionCache.get(userAgent ?? '')
  if (cached !== undefined) return cached
  const description = describeClient(userAgent)
  descriptionCache.set(userAgent ?? '', description)
  return description
}
