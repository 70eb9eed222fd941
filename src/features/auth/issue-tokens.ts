import type { IssuedSession } from '../sessions/index.js'
import type { AccessTokens } from '../tokens/index.js'
import type { AuthenticationMethod } from '../../generated/prisma/enums.js'

/** RFC 8176: how each method is called in a token's `amr`. */
const amr: Record<AuthenticationMethod, string> = { PASSWORD: 'pwd' }

/** A session with both of its tokens. */
export interface SignedIn extends IssuedSession {
  readonly kind: 'signed-in'
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
}

export type IssueTokens = ReturnType<typeof createIssueTokens>

/** Adds the access token, which is made after the transaction: signing is not the database's time. */
export function createIssueTokens(accessTokens: AccessTokens) {
  return async ({ session, refreshToken }: IssuedSession): Promise<SignedIn> => {
    const { token, expiresIn } = await accessTokens.issue({
      userId: session.userId,
      sessionId: session.id,
      authenticatedAt: session.authenticatedAt,
      amr: session.authenticationMethods.map((method) => amr[method]),
    })
    return { kind: 'signed-in', session, refreshToken, accessToken: token, expiresIn }
  }
}
