import type {
  AuthErrorCode,
  AuthFailureFragment,
  PasswordProblem,
} from '@latchkey/client/operations'
import { CombinedError } from 'urql'

/** What there is to say to the person, and what of it belongs to which field. */
export interface Notice {
  readonly message: string
  readonly fields: Readonly<Record<string, string>>
}

/** What `register`, `login` and all other mutations of Latchkey come to. */
type Outcome =
  | ({ readonly __typename: 'AuthError' } & AuthFailureFragment)
  | { readonly __typename: 'EmailVerificationRequired'; readonly email: string }
  | { readonly __typename: 'MfaRequired' }
  | { readonly __typename: 'AuthPayload' | 'Session' | 'User' }

const failures: Partial<Record<AuthErrorCode, string>> = {
  ACCOUNT_DISABLED: 'This account has been disabled.',
  EMAIL_NOT_VERIFIED: 'Please open the link that was mailed to this address first.',
  EMAIL_TAKEN: 'There is an account with this address: sign in instead.',
  INVALID_CREDENTIALS: 'The address or the password is wrong.',
  INVALID_INPUT: 'Please look at this again.',
  NOT_FOUND: 'This session is not there any more.',
  REFRESH_TOKEN_EXPIRED: 'You have not been here for a long time. Please sign in again.',
  REFRESH_TOKEN_REUSED:
    'Somebody else may have used your session, so it was ended. Please sign in again.',
  REGISTRATION_CLOSED: 'New accounts are not accepted.',
  SESSION_ENDED: 'You were signed out from another device.',
  SESSION_LIMIT_REACHED: 'You are signed in on too many devices.',
  WEAK_PASSWORD: 'Please choose another password.',
}

const passwordProblems: Record<PasswordProblem, string> = {
  BREACHED: 'It is known from a breach of another service.',
  CONTAINS_PERSONAL_INFORMATION: 'It is too close to your name or address.',
  TOO_COMMON: 'It is among the first that attackers guess.',
  TOO_LONG: 'It is too long.',
  TOO_SHORT: 'It is too short.',
}

const notice = (message: string, fields: Notice['fields'] = {}): Notice => ({ message, fields })

export const unreached = notice('The service could not be reached. Are you online?')

/** Null where the outcome is what was asked for. */
export function noticeOf(outcome: Outcome | null | undefined): Notice | null {
  if (outcome?.__typename === 'AuthError') return noticeOfFailure(outcome)
  if (outcome?.__typename === 'MfaRequired')
    return notice('This account has a second factor, which this example does not ask for.')
  if (outcome?.__typename !== 'EmailVerificationRequired') return null
  return notice(`Open the link that was mailed to ${outcome.email}, then sign in.`)
}

function noticeOfFailure({ code, problems, passwordProblems: weak }: AuthFailureFragment) {
  const fields: Record<string, string> = {}
  for (const { path, message } of problems) fields[path.at(-1) ?? ''] = message
  if (weak) fields['password'] = weak.map((problem) => passwordProblems[problem]).join(' ')
  return notice(failures[code] ?? 'That did not work.', fields)
}

/** Why a session is over; nothing needs to be said of one that was left. */
export const noticeOfEnd = (reason: string | null): Notice | null =>
  reason === null || reason === 'SIGNED_OUT'
    ? null
    : notice(failures[reason as AuthErrorCode] ?? 'Please sign in again.')

/** What a request ends with that has no outcome. */
export function noticeOfError(error: unknown): Notice {
  const [first] = error instanceof CombinedError ? error.graphQLErrors : []
  if (!first) return unreached
  const { code, retryAfter } = first.extensions
  const seconds = String(retryAfter)
  if (code === 'RATE_LIMITED') return notice(`Too many attempts. Try again in ${seconds} seconds.`)
  if (code === 'SERVICE_BUSY') return notice(`Too much to do. Try again in ${seconds} seconds.`)
  return notice('Something went wrong. Please try again.')
}
