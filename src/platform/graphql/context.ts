import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RefreshCookie } from '../http/refresh-cookie.js'
import { readRequestInfo, type RequestInfo } from '../http/request-info.js'
import { unauthenticated, type UnauthenticatedReason } from './errors.js'

/** What a Bearer token turned out to be. Only the signature and the claims have been looked at. */
export type TokenVerification =
  | {
      readonly kind: 'valid'
      readonly userId: string
      readonly sessionId: string
      /** Milliseconds since the epoch, clock skew included. */
      readonly expiresAtMs: number
    }
  | { readonly kind: 'missing' | 'expired' | 'invalid' }

/** Who is asking: a live session of an enabled user. */
export interface Viewer {
  readonly sessionId: string
  readonly userId: string
}

/** What every resolver gets. `V` is what the application knows of a viewer. */
export interface RequestContext<V extends Viewer = Viewer> {
  readonly request: RequestInfo
  /** The viewer, if there is one. Loaded once, when first asked for; for mutations once per field. */
  readonly viewer: () => Promise<V | null>
  /** The viewer of a field that needs one; throws UNAUTHENTICATED with the reason. */
  readonly requireViewer: () => Promise<V>
  /** Has the next look at the viewer go to the database: the field before may have ended the session. */
  readonly resetViewer: () => void
  readonly refreshCookie: RefreshCookie
  /** What the request log says of the operation. */
  readonly operation: OperationSummary
  /** Where the client stands with each limit that was asked. */
  readonly rateLimits: RateLimitStatus[]
}

/** A budget of attempts, and what is left of it. */
export interface RateLimitStatus {
  readonly max: number
  readonly remaining: number
  /** Seconds. */
  readonly windowSeconds: number
  /** Seconds until the oldest attempt leaves the window. */
  readonly resetSeconds: number
}

interface OperationSummary {
  name: string | null
  /** What each root field came to. */
  readonly outcomes: string[]
  /** The codes of the errors. */
  readonly errors: string[]
}

export interface ContextDeps<V extends Viewer> {
  readonly refreshCookie: (request: FastifyRequest, reply: FastifyReply) => RefreshCookie
  readonly verifyToken: (token: string) => Promise<TokenVerification>
  /** Whom a valid token speaks of; null when the session is not theirs or has ended, or the user is disabled. */
  readonly loadViewer: (token: Viewer) => Promise<V | null>
}

const reasons = {
  missing: 'TOKEN_MISSING',
  expired: 'TOKEN_EXPIRED',
  invalid: 'TOKEN_INVALID',
} as const

/**
 * Decodes the Bearer JWT of a request. A bad, expired or empty one is remembered and never thrown:
 * clients send their dead token along with login and refresh, and those must still answer.
 */
export function createContextFactory<V extends Viewer>(deps: ContextDeps<V>) {
  const { verifyToken, loadViewer, refreshCookie } = deps

  async function authenticate(token: string | null): Promise<V | UnauthenticatedReason> {
    const verified = token ? await verifyToken(token) : ({ kind: 'missing' } as const)
    if (verified.kind !== 'valid') return reasons[verified.kind]
    return (await loadViewer(verified)) ?? 'SESSION_ENDED'
  }

  return (request: FastifyRequest, reply: FastifyReply): RequestContext<V> => {
    const token = bearerToken(request.headers.authorization)
    let authenticated: Promise<V | UnauthenticatedReason> | undefined
    const viewerOrReason = () => (authenticated ??= authenticate(token))
    const context: RequestContext<V> = {
      request: readRequestInfo(request),
      viewer: async () => {
        const found = await viewerOrReason()
        return typeof found === 'string' ? null : found
      },
      requireViewer: async () => {
        const found = await viewerOrReason()
        if (typeof found === 'string') throw unauthenticated(found)
        return found
      },
      resetViewer: () => (authenticated = undefined),
      refreshCookie: refreshCookie(request, reply),
      operation: { name: null, outcomes: [], errors: [] },
      rateLimits: [],
    }
    request.operation = context.operation
    return context
  }
}

/** RFC 6750 §2.1; the scheme in any case (RFC 9110 §11.1). Another scheme is no Bearer token. */
function bearerToken(header: string | undefined): string | null {
  const [, token] = /^bearer +(\S.*)$/i.exec(header?.trim() ?? '') ?? []
  return token ?? null
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a GraphQL request, once its context is made. */
    operation?: OperationSummary
  }
}
