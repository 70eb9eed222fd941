import { GraphQLError } from 'graphql'
import type { TryAgainLater } from '../errors.js'

/** Why there is no viewer. Clients decide by it whether to refresh or to ask for a sign-in. */
export type UnauthenticatedReason =
  'TOKEN_MISSING' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID' | 'SESSION_ENDED'

const explanations: Record<UnauthenticatedReason, string> = {
  TOKEN_MISSING: 'No access token was sent. Sign in first.',
  TOKEN_EXPIRED: 'The access token has expired. Refresh it.',
  TOKEN_INVALID: 'The access token is not valid.',
  SESSION_ENDED: 'The session of this access token has ended. Sign in again.',
}

export const unauthenticated = (reason: UnauthenticatedReason) =>
  new GraphQLError(explanations[reason], { extensions: { code: 'UNAUTHENTICATED', reason } })

/** The service requires a second factor, and the session of the viewer has none. */
export class EnrollmentRequired extends GraphQLError {
  constructor() {
    super('A second factor is required. This session can only enrol one.', {
      extensions: { code: 'FORBIDDEN', reason: 'SECOND_FACTOR_MISSING' },
    })
  }
}

/** A wrong argument of one field. The other fields are answered, so the status stays 200 (GraphQL over HTTP). */
export const badUserInput = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })

/** Wrong input that refuses the whole request: nothing is executed. */
export const badRequestInput = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } })

export const tryAgainLater = ({ message, code, retryAfter }: TryAgainLater) =>
  new GraphQLError(message, { extensions: { code, retryAfter } })
