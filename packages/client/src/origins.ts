import type { Session } from './session.types.js'

/** Where the access token goes besides the session's own origin. */
export interface TokenOrigins {
  /** For example `['https://api.example.com']`. */
  readonly origins?: readonly string[]
}

export type OriginCheck = (url: unknown) => boolean

/**
 * Whether a URL gets the access token: one of the session's own origin, or of those that the caller names. Whoever has
 * the token is the user until it expires, so no other origin gets it.
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
  throw new TypeError(`origins: "${origin}" is not an origin such as https://api.example.com.`)
}

const httpSchemes: Readonly<Record<string, string>> = {
  'http:': 'http:',
  'https:': 'https:',
  'ws:': 'http:',
  'wss:': 'https:',
}

/** Null for what is no URL of HTTP or WebSocket. A relative one is of the page's origin. */
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
