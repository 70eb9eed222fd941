import { GraphQLError } from 'graphql'

const mark = Symbol('refused by a limit of our own')

/** A document that is not run, whatever else is wrong with it. */
export const refusedDocument = (message: string, code = 'GRAPHQL_VALIDATION_FAILED') =>
  new GraphQLError(message, { extensions: { code, [mark]: true } })

export const isRefusedDocument = (error: unknown) =>
  error instanceof GraphQLError && mark in error.extensions
