import { getNamedType, isUnionType, type GraphQLOutputType } from 'graphql'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { EnrollmentRequired } from '../../platform/graphql/errors.js'
import type { FieldMiddleware } from '../../platform/graphql/field-middleware.js'

/** Wraps every mutation. Refusals of sessions that must enrol a second factor become results where the type has them. */
export const answerEnrollmentRequired: FieldMiddleware = async ({ info }, next) => {
  try {
    return await next()
  } catch (error) {
    if (!(error instanceof EnrollmentRequired) || !hasAuthError(info.returnType)) throw error
    return AuthError.of('MFA_ENROLLMENT_REQUIRED')
  }
}

function hasAuthError(type: GraphQLOutputType) {
  const result = getNamedType(type)
  return isUnionType(result) && result.getTypes().some(({ name }) => name === AuthError.name)
}
