import type { Accounts, VerifiedPassword } from '../accounts/index.js'
import type { Audit } from '../audit/index.js'
import type { IssuedSession, Sessions } from '../sessions/index.js'
import type { AccessTokens } from '../tokens/index.js'
import type { AuthenticationMethod } from '../../generated/prisma/enums.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'

/** RFC 8176: how each method is called in a token's `amr`. */
const amr: Record<AuthenticationMethod, string> = { PASSWORD: 'pwd' }

/** A session with both of its tokens. */
export interface SignedIn extends IssuedSession {
  readonly kind: 'signed-in'
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
}

/** Adds the access token, which is made after the transaction: signing is not the database's time. */
export function createSignedIn(accessTokens: AccessTokens) {
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

export type CompleteSignInOutcome =
  SignedIn | { kind: 'invalid-credentials' } | { kind: 'account-disabled' }

export interface CompleteSignInNeeds {
  readonly database: Database
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly audit: Audit
  readonly signedIn: ReturnType<typeof createSignedIn>
}

/** The shared ending of every sign-in: the user is locked, looked at again, and gets a session. */
export function createCompleteSignIn(needs: CompleteSignInNeeds) {
  const { database, accounts, sessions, audit, signedIn } = needs

  return async (
    password: VerifiedPassword,
    deviceName: string | null,
    request: RequestInfo,
  ): Promise<CompleteSignInOutcome> => {
    const { userId } = password
    const outcome = await database.transaction(async (tx) => {
      const state = await accounts.lockForSignIn(tx, password)
      if (state !== 'open') {
        await audit.record(tx, { type: 'LOGIN', targetId: userId, success: false }, request)
        return state
      }
      const start = { userId, deviceName, authenticationMethods: ['PASSWORD' as const] }
      const issued = await sessions.start(tx, start, request)
      const event = { actorId: userId, targetId: userId, sessionId: issued.session.id }
      await audit.record(tx, { type: 'LOGIN', ...event }, request)
      return issued
    })
    if (outcome === 'disabled') return { kind: 'account-disabled' }
    if (outcome === 'changed') return { kind: 'invalid-credentials' }
    return signedIn(outcome)
  }
}
