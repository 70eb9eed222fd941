import type {
  Credentials,
  RequestedSession,
  SecondFactorAnswer,
  SecondFactorChecks,
  SecondFactorMethod,
} from '../credentials/index.js'
import type { Audit } from '../audit/index.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { CompleteSignIn, CompleteSignInOutcome } from './complete-sign-in.js'

export interface VerifyMfaRequest extends SecondFactorAnswer {
  readonly method: SecondFactorMethod
}

type SignInOutcome = Exclude<
  CompleteSignInOutcome,
  { kind: 'mfa-required' } | { kind: 'invalid-credentials' }
>

export type VerifyMfaOutcome =
  | (SignInOutcome & Pick<RequestedSession, 'transport'>)
  | { kind: 'invalid-mfa-code'; attemptsRemaining: number }
  | { kind: 'invalid-challenge' }

export interface VerifyMfaDeps {
  readonly database: Database
  readonly credentials: Credentials
  readonly audit: Audit
  readonly secondFactors: SecondFactorChecks
  readonly completeSignIn: CompleteSignIn
}

/** Completes a sign-in whose first factor was right. Each try is counted before its code is compared. */
export function createVerifyMfa(deps: VerifyMfaDeps) {
  const { database, credentials, audit, secondFactors, completeSignIn } = deps

  return async (input: VerifyMfaRequest, request: RequestInfo): Promise<VerifyMfaOutcome> => {
    const attempt = await credentials.challenges.spend(input.challengeToken, request)
    if (!attempt) return { kind: 'invalid-challenge' }
    const { firstProof, transport, attemptsRemaining } = attempt
    const { userId } = firstProof
    const check = secondFactors[input.method]
    const secondProof = await check(userId, input, request).catch(async (error: unknown) => {
      await attempt.giveBack() // the code was not evaluated
      throw error
    })
    if (!secondProof) {
      const event = { type: 'LOGIN', targetId: userId, success: false } as const
      await audit.record(database.query, event, request)
      return { kind: 'invalid-mfa-code', attemptsRemaining }
    }
    const outcome = await completeSignIn([firstProof, secondProof], attempt, request)
    switch (outcome.kind) {
      case 'invalid-credentials': // the challenge was used, or the password or the factor has changed
        return { kind: 'invalid-challenge' }
      case 'mfa-required':
        throw new Error('A sign-in with two factors was asked for a second factor.')
      default:
        return { ...outcome, transport }
    }
  }
}
