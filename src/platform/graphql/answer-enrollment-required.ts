import { getNamedType, isUnionType, type GraphQLOutputType } from 'graphql'
import { AuthError, type AuthErrorCode } from './auth-error.types.js'
import { EnrollmentRequired } from './errors.js'
import type { FieldMiddleware } from './field-middleware.js'

/**
 * Wraps every mutation. The refusal of a session that must enrol a second factor becomes a result with this code where
 * the type has one. Elsewhere it stays an error.
 */
export const answerEnrollmentRequired =
  (code: AuthErrorCode): FieldMiddleware =>
  async ({ info }, next) => {
    try {
      return await next()
    } catch (error) {
      if (!(error instanceof EnrollmentRequired) || !hasAuthError(info.returnType)) throw error
      return AuthError.of(code)
    }
  }

function hasAuthError(type: GraphQLOutputType) {
  const result = getNamedType(type)
  return isUnionType(result) && result.getTypes().some(({ name }) => name === AuthError.name)
}
