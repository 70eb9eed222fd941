import { isAuthTokens, type AuthTokens } from './tokens.js'

/** The documents that a session sends. A service with trusted documents must include both. */
export const sessionDocuments = {
  refresh: `mutation RefreshSession($input: RefreshInput) {
  refresh(input: $input) {
    __typename
    ... on AuthPayload {
      accessToken
      expiresIn
      refreshToken
    }
    ... on AuthError {
      code
    }
  }
}`,
  logout: `mutation EndSession($input: LogoutInput) {
  logout(input: $input) {
    sessionId
  }
}`,
} as const

export interface ServiceOptions {
  readonly url: string
  readonly transport: 'BODY' | 'COOKIE'
  readonly fetch: typeof fetch
  readonly headers: Readonly<Record<string, string>>
}

export type RefreshOutcome =
  | { readonly kind: 'renewed'; readonly payload: AuthTokens }
  /** The session has ended. */
  | { readonly kind: 'refused'; readonly code: string }
  /** The service did not refresh for now. `retryAfter` is in milliseconds. */
  | { readonly kind: 'unavailable'; readonly retryAfter: number }
  /** The request or its response was lost. The token may have been replaced. */
  | { readonly kind: 'unanswered' }

export type Service = ReturnType<typeof createService>

interface Answer {
  readonly data?: Record<string, { __typename?: string; code?: string } | null> | null
  readonly errors?: { extensions?: { retryAfter?: number } }[]
}

const timeoutMs = 10_000
const defaultRetryAfterMs = 1_000

/** The two requests of a session. They have no access token: a gateway would refuse an expired one. */
export function createService({ url, transport, fetch, headers }: ServiceOptions) {
  const credentials = transport === 'COOKIE' ? 'include' : 'omit'

  return {
    /**
     * `attempt` is the same for all requests with one refresh token: the service recognizes retries
     * (`RefreshInput.attempt`).
     */
    async refresh(refreshToken: string | null, attempt: string | null): Promise<RefreshOutcome> {
      const answer = await post(sessionDocuments.refresh, { refreshToken, attempt })
      if (!answer) return { kind: 'unanswered' }
      const result = answer.data?.['refresh']
      if (isAuthTokens(result)) return { kind: 'renewed', payload: result }
      if (result?.__typename === 'AuthError') return { kind: 'refused', code: result.code ?? '' }
      const retryAfterSeconds = answer.errors?.[0]?.extensions?.retryAfter
      return {
        kind: 'unavailable',
        retryAfter: (retryAfterSeconds ?? 0) * 1_000 || defaultRetryAfterMs,
      }
    },

    /** Whether the service confirmed the sign-out. Retries once if there was no answer. */
    async logout(refreshToken: string | null): Promise<boolean> {
      const send = () => post(sessionDocuments.logout, { refreshToken })
      const answer = (await send()) ?? (await send())
      return Boolean(answer?.data?.['logout'])
    },
  }

  /** Null when there was no complete answer. */
  async function post(query: string, input: object): Promise<Answer | null> {
    const abortController = new AbortController()
    const timer = setTimeout(() => {
      abortController.abort()
    }, timeoutMs)
    try {
      const response = await fetch(url, {
        method: 'POST',
        credentials,
        redirect: 'error', // the refresh token must not go to another URL
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query, variables: { input } }),
        signal: abortController.signal,
      })
      return parse(await response.text())
    } catch {
      return null
    } finally {
      clearTimeout(timer)
    }
  }
}

/** A response that is not JSON comes from a proxy and does not tell the state of the session. */
function parse(body: string): Answer {
  try {
    return JSON.parse(body) as Answer
  } catch {
    return {}
  }
}
