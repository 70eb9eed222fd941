import Bowser from 'bowser'
import { LRUCache } from 'lru-cache'

/**
 * What a person recognises in a list of devices, for example `Chrome on macOS`; empty when nothing is recognised.
 * Parsing tries some 80 patterns on text that the client chose, so it happens once, at sign-in.
 */
export function describeClient(userAgent: string | null): string {
  if (!userAgent) return ''
  const parser = Bowser.getParser(userAgent)
  const browser = parser.getBrowserName()
  const os = parser.getOSName()
  return browser && os ? `${browser} on ${os}` : browser || os || ''
}

// User agents of at most 300 characters.
const descriptionCache = new LRUCache<string, string>({ max: 1_000 })

/** The description of a session's client; null when nothing is known. */
export function clientOf(session: {
  readonly storedClient: string | null
  readonly userAgent: string | null
}): string | null {
  const { storedClient, userAgent } = session
  return (storedClient ?? describeCached(userAgent)) || null
}

/** For sessions that began before the description was stored. */
function describeCached(userAgent: string | null): string {
  const cached = descriptionCache.get(userAgent ?? '')
  if (cached !== undefined) return cached
  const description = describeClient(userAgent)
  descriptionCache.set(userAgent ?? '', description)
  return description
}
