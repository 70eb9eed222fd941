import type { Session } from './session.types.js'

/** The origins that get the access token besides the session's origin. */
export interface TokenOrigins {
  /** For example `['https://api.example.com']`. */
  readonly origins?: readonly string[]
}

export type OriginCheck = (url: unknown) => boolean

/**
 * Whether a URL gets the access token: a URL of the session's origin or of the given origins. No other origin gets
 * it: with the token, it could act as the user until the token expires.
 */
export function createOriginCheck(
  session: Session,
  { origins = [] }: TokenOrigins = {},
): OriginCheck {
  const namedOrigins = origins.map((origin) => originOf(origin) ?? throwInvalidOrigin(origin))
  const allowed = new Set([originOf(session.url), ...namedOrigins])
  return (url) => {
    const origin = originOf(url)
    return origin !== null && allowed.has(origin)
  }
}

function throwInvalidOrigin(origin: string): never {
  throw new TypeError(
    `origins: "${origin}" is not an origin. Use a value such as https://api.example.com.`,
  )
}

const httpSchemes: Readonly<Record<string, string>> = {
  'http:': 'http:',
  'https:': 'https:',
  'ws:': 'http:',
  'wss:': 'https:',
}

/** Null for a URL that is not HTTP or WebSocket. A relative URL has the origin of the page. */
function originOf(url: unknown): string | null {
  const { location } = globalThis as { location?: { href: string } }
  try {
    const { protocol, host } = new URL(String(url), location?.href)
    const scheme = httpSchemes[protocol]
    return scheme === undefined ? null : `${scheme}//${host}`
  } catch {
    return null
  }
}
