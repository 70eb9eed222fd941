import Bowser from 'bowser'

/** What a person recognises in a list of devices, for example `Chrome on macOS`. Null when nothing is known. */
export function describeClient(userAgent: string | null): string | null {
  if (!userAgent) return null
  const parser = Bowser.getParser(userAgent)
  const browser = parser.getBrowserName()
  const system = parser.getOSName()
  return browser && system ? `${browser} on ${system}` : browser || system || null
}
