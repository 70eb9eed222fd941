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
  const system = parser.getOSName()
  return browser && system ? `${browser} on ${system}` : browser || system || ''
}

// User agents of at most 300 characters.
const remembered = new LRUCache<string, string>({ max: 1_000 })

/** The description of a session's client; null when nothing is known. */
export function clientOf(session: {
  readonly storedClient: string | null
  readonly userAgent: string | null
}): string | null {
  const { storedClient, userAgent } = session
  return (storedClient ?? describeOnce(userAgent)) || null
}

/** For sessions that began before the description was stored. */
function describeOnce(userAgent: string | null): string {
  const known = remembered.get(userAgent ?? '')
  if (known !== undefined) return known
  const description = describeClient(userAgent)
  remembered.set(userAgent ?? '', description)
  return description
}
