import type { RefreshSession } from '../sessions/index.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { createSignedIn, SignedIn } from './complete-sign-in.js'

export type RefreshOutcome =
  | SignedIn
  | {
      kind:
        'invalid-refresh-token' | 'refresh-token-expired' | 'refresh-token-reused' | 'session-ended'
    }

export interface RefreshNeeds {
  readonly refreshSession: RefreshSession
  readonly signedIn: ReturnType<typeof createSignedIn>
}

/** Exchanges a refresh token for the next one and a new access token. */
export function createRefresh({ refreshSession, signedIn }: RefreshNeeds) {
  return async (token: string | null, request: RequestInfo): Promise<RefreshOutcome> => {
    if (!token) return { kind: 'invalid-refresh-token' }
    const outcome = await refreshSession(token, request)
    return outcome.kind === 'refreshed' ? signedIn(outcome) : outcome
  }
}
