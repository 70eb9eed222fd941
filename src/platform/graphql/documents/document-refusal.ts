import { GraphQLError } from 'graphql'

const refusalMark = Symbol('refused by a limit of our own')

/** The refusal of a document by one of our limits. It takes precedence over other errors of the document. */
export const documentRefusal = (message: string, code = 'GRAPHQL_VALIDATION_FAILED') =>
  new GraphQLError(message, { extensions: { code, [refusalMark]: true } })

export const isDocumentRefusal = (error: unknown) =>
  error instanceof GraphQLError && refusalMark in error.extensions
