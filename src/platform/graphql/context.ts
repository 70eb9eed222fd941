import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RefreshCookie } from '../http/refresh-cookie.js'
import { readRequestInfo, type RequestInfo } from '../http/request-info.js'
import { EnrollmentRequired, unauthenticated, type UnauthenticatedReason } from './errors.js'

/** The result of verifying a Bearer token. Only the signature and the claims have been checked. */
export type TokenVerification =
  | {
      readonly kind: 'valid'
      readonly userId: string
      readonly sessionId: string
      /** Milliseconds since the epoch, including the clock skew. */
      readonly expiresAtMs: number
    }
  | { readonly kind: 'missing' | 'expired' | 'invalid' }

/** The caller: a live session of an enabled user. */
export interface Viewer {
  readonly sessionId: string
  readonly userId: string
  /** Whether the service requires a second factor and this session has none. It can only enrol one. */
  readonly mustEnroll?: boolean
}

/** The context of every resolver. `V` is the application's type of a viewer. */
export interface RequestContext<V extends Viewer = Viewer> {
  readonly request: RequestInfo
  /** The viewer, or null. Loaded at the first call; for mutations once per field. */
  readonly viewer: () => Promise<V | null>
  /** The viewer if it may act; null also if it must enrol a second factor first. */
  readonly actingViewer: () => Promise<V | null>
  /**
   * The viewer; throws UNAUTHENTICATED with the reason when there is none. Refuses sessions that must enrol a second
   * factor first, unless the operation belongs to the enrolment.
   */
  readonly requireViewer: (options?: { readonly beforeEnrollment: boolean }) => Promise<V>
  /** Makes the next call of `viewer` query the database: the previous field may have ended the session. */
  readonly resetViewer: () => void
  readonly refreshCookie: RefreshCookie
  /** The fields of the operation in the request log. */
  readonly operation: OperationSummary
  /** The state of each rate limit that was checked. */
  readonly rateLimits: RateLimitStatus[]
}

/** A rate limit budget and its remaining attempts. */
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
  /** The outcome of each root field. */
  readonly outcomes: string[]
  /** The codes of the errors. */
  readonly errors: string[]
}

export interface ContextDeps<V extends Viewer> {
  readonly refreshCookie: (request: FastifyRequest, reply: FastifyReply) => RefreshCookie
  readonly verifyToken: (token: string) => Promise<TokenVerification>
  /**
   * Loads the user of a valid token. Null when the session belongs to another user or has ended, or the user is
   * disabled.
   */
  readonly loadViewer: (token: Viewer) => Promise<V | null>
}

const reasons = {
  missing: 'TOKEN_MISSING',
  expired: 'TOKEN_EXPIRED',
  invalid: 'TOKEN_INVALID',
} as const

/**
 * Decodes the Bearer JWT of a request. A malformed, expired or missing token is recorded, never thrown: clients send
 * an expired token along with login and refresh, and those must still succeed.
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
      actingViewer: async () => {
        const found = await viewerOrReason()
        return typeof found === 'string' || found.mustEnroll ? null : found
      },
      requireViewer: async (options) => {
        const found = await viewerOrReason()
        if (typeof found === 'string') throw unauthenticated(found)
        if (found.mustEnroll && !options?.beforeEnrollment) throw new EnrollmentRequired()
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

/** RFC 6750 §2.1; the scheme is case-insensitive (RFC 9110 §11.1). Other schemes are not Bearer tokens. */
function bearerToken(header: string | undefined): string | null {
  const [, token] = /^bearer +(\S.*)$/i.exec(header?.trim() ?? '') ?? []
  return token ?? null
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set for a GraphQL request once its context exists. */
    operation?: OperationSummary
  }
}
