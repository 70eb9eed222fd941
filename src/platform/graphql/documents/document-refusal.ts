import { GraphQLError } from 'graphql'

const refusalMark = Symbol('refused by a limit of our own')

/** A document that is not run, whatever else is wrong with it. */
export const documentRefusal = (message: string, code = 'GRAPHQL_VALIDATION_FAILED') =>
  new GraphQLError(message, { extensions: { code, [refusalMark]: true } })

export const isDocumentRefusal = (error: unknown) =>
  error instanceof GraphQLError && refusalMark in error.extensions
