import type { RefreshSession } from '../sessions/index.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { IssueTokens, SignedIn } from './issue-tokens.js'

export type RefreshOutcome =
  | SignedIn
  | {
      kind:
        'invalid-refresh-token' | 'refresh-token-expired' | 'refresh-token-reused' | 'session-ended'
    }

export interface RefreshDeps {
  readonly refreshSession: RefreshSession
  readonly issueTokens: IssueTokens
}

/** Exchanges a refresh token for the next one and a new access token. */
export function createRefresh({ refreshSession, issueTokens }: RefreshDeps) {
  return async (
    token: string | null,
    attempt: string | null,
    request: RequestInfo,
  ): Promise<RefreshOutcome> => {
    if (!token) return { kind: 'invalid-refresh-token' }
    const outcome = await refreshSession(token, attempt, request)
    return outcome.kind === 'refreshed' ? issueTokens(outcome) : outcome
  }
}
