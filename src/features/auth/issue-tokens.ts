import type { IssuedSession } from '../sessions/index.js'
import type { MfaPolicy } from '../credentials/index.js'
import type { AccessTokens } from '../access-tokens/index.js'
import { amrOf, isMultiFactor } from '../../platform/graphql/authentication-method.types.js'

type SessionRow = IssuedSession['session']

/** A session with an access token. */
export interface SessionWithAccessToken {
  readonly session: SessionRow
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
}

/** A session with an access token and a refresh token. */
export interface SignedIn extends SessionWithAccessToken {
  readonly kind: 'signed-in'
  readonly refreshToken: string
  /** Null on refresh, which does not prove presence. */
  readonly presenceProof: string | null
}

export type IssueAccessToken = ReturnType<typeof createIssueAccessToken>

export function createIssueAccessToken(accessTokens: AccessTokens, mfaPolicy: MfaPolicy) {
  return async (session: SessionRow): Promise<SessionWithAccessToken> => {
    const { token, expiresIn } = await accessTokens.issue({
      userId: session.userId,
      sessionId: session.id,
      authenticatedAt: session.authenticatedAt,
      amr: amrOf(session.authenticationMethods),
      mustEnroll: mfaPolicy === 'required' && !isMultiFactor(session.authenticationMethods),
    })
    return { session, accessToken: token, expiresIn }
  }
}

export type IssueTokens = ReturnType<typeof createIssueTokens>

/** Adds the access token after the transaction, because signing must not keep the transaction open. */
export const createIssueTokens =
  (issueAccessToken: IssueAccessToken) =>
  async (issued: IssuedSession & { readonly presenceProof?: string }): Promise<SignedIn> => ({
    kind: 'signed-in',
    refreshToken: issued.refreshToken,
    presenceProof: issued.presenceProof ?? null,
    ...(await issueAccessToken(issued.session)),
  })
