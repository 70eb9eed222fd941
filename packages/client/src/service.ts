import { isAuthTokens, type AuthTokens } from './tokens.js'

/** What a session sends by itself: where only trusted documents run, these two have to be among them. */
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
  /** The session is over. */
  | { readonly kind: 'refused'; readonly code: string }
  /** The service refreshed nothing for now. `retryAfter` in milliseconds. */
  | { readonly kind: 'unavailable'; readonly retryAfter: number }
  /** The request or its response was lost: the token may have been replaced. */
  | { readonly kind: 'unanswered' }

export type Service = ReturnType<typeof createService>

interface Answer {
  readonly data?: Record<string, { __typename?: string; code?: string } | null> | null
  readonly errors?: { extensions?: { retryAfter?: number } }[]
}

const timeoutMs = 10_000
const defaultRetryAfterMs = 1_000

/** The two requests that a session makes by itself. They carry no access token, so that no gateway refuses them for an expired one. */
export function createService({ url, transport, fetch, headers }: ServiceOptions) {
  const credentials = transport === 'COOKIE' ? 'include' : 'omit'

  return {
    /** `attempt` is the same for all requests with one token: the service then recognizes retries (`RefreshInput.attempt`). */
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

    /** Whether the service knows of it. Sent once more when there was no answer. */
    async logout(refreshToken: string | null): Promise<boolean> {
      const send = () => post(sessionDocuments.logout, { refreshToken })
      const answer = (await send()) ?? (await send())
      return Boolean(answer?.data?.['logout'])
    },
  }

  /** Null when nothing came, or not all of it. */
  async function post(query: string, input: object): Promise<Answer | null> {
    const abortController = new AbortController()
    const timer = setTimeout(() => {
      abortController.abort()
    }, timeoutMs)
    try {
      const response = await fetch(url, {
        method: 'POST',
        credentials,
        redirect: 'error', // the refresh token is for this address alone
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

/** What is not JSON is a proxy's word, and says nothing of the session. */
function parse(body: string): Answer {
  try {
    return JSON.parse(body) as Answer
  } catch {
    return {}
  }
}
