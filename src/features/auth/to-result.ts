import { AuthError } from '../../platform/graphql/auth-error.types.js'
import type { RefreshCookie } from '../../platform/http/refresh-cookie.js'
import type { RefreshTokenTransport } from './auth-input.types.js'
import { AuthPayload, EmailVerificationRequired, MfaRequired } from './auth.types.js'
import type { CompleteSignInOutcome } from './complete-sign-in.js'
import type { FinishPasskeyLoginOutcome } from './finish-passkey-login.js'
import type { ReauthenticateOutcome } from './reauthenticate.js'
import type { RefreshOutcome } from './refresh.js'
import type { RegisterOutcome } from './register.js'
import type { VerifyMfaOutcome } from './verify-mfa.js'

/**
 * Converts an outcome to a member of the result unions. The refresh token goes into the payload or the cookie, never
 * into both.
 */
export function toResult(
  outcome:
    | RegisterOutcome
    | CompleteSignInOutcome
    | FinishPasskeyLoginOutcome
    | VerifyMfaOutcome
    | RefreshOutcome
    | ReauthenticateOutcome,
  transport: RefreshTokenTransport,
  cookie: RefreshCookie,
) {
  switch (outcome.kind) {
    case 'signed-in':
      if (transport === 'BODY') return AuthPayload.from(outcome, outcome.refreshToken)
      cookie.set(outcome.refreshToken, outcome.session.expiresAt)
      return AuthPayload.from(outcome, null)
    case 'reauthenticated':
      return AuthPayload.from(outcome, null)
    case 'email-verification-required':
      return Object.assign(new EmailVerificationRequired(), { email: outcome.email })
    case 'invalid-input':
      return AuthError.invalidInput(outcome.problems)
    case 'weak-password':
      return AuthError.of('WEAK_PASSWORD', { passwordProblems: outcome.passwordProblems })
    case 'mfa-required':
      return MfaRequired.from(outcome)
    case 'invalid-mfa-code':
      return AuthError.of('INVALID_MFA_CODE', { attemptsRemaining: outcome.attemptsRemaining })
    case 'reauthentication-required':
      return AuthError.of('REAUTHENTICATION_REQUIRED', { methods: outcome.methods })
    default:
      return AuthError.fromKind(outcome.kind)
  }
}
