import type { FastifyReply, FastifyRequest } from 'fastify'

/** The refresh token of a browser, hidden from its scripts. Only `refresh` and `logout` read it. */
export interface RefreshCookie {
  readonly read: () => string | null
  readonly set: (token: string, expires: Date) => void
  readonly clear: () => void
}

export interface RefreshCookieOptions {
  readonly publicUrl: string
  readonly corsOrigins: readonly string[]
}

/**
 * `__Host-` (RFC 6265bis §4.1.3.2): only this host, only over https, for every path. Plain http is allowed on
 * loopback only. Browsers disagree about such cookies there, so the prefix and Secure are omitted.
 */
export function createRefreshCookies({ publicUrl, corsOrigins }: RefreshCookieOptions) {
  const secure = publicUrl.startsWith('https:')
  const name = secure ? '__Host-latchkey-refresh' : 'latchkey-refresh'
  const attributes = { path: '/', httpOnly: true, secure, sameSite: 'strict' } as const
  const trustedOrigins = new Set([publicUrl, ...corsOrigins])

  return (request: FastifyRequest, reply: FastifyReply): RefreshCookie => ({
    read: () => (isTrusted(request, trustedOrigins) ? (request.cookies[name] ?? null) : null),
    set: (token, expires) => void reply.setCookie(name, token, { ...attributes, expires }),
    clear: () => void reply.clearCookie(name, attributes),
  })
}

/**
 * SameSite does not keep out a sibling domain, and a preflight protects only while CORS is strict. So the cookie
 * counts only for pages of our own origins (OWASP CSRF Prevention, "Verifying Origin").
 */
function isTrusted({ headers }: FastifyRequest, trustedOrigins: ReadonlySet<string>) {
  const { origin, host } = headers
  if (origin === undefined || trustedOrigins.has(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}
