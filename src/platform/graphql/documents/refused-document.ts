import type { ApolloServerPlugin } from '@apollo/server'
import { GraphQLError } from 'graphql'

const mark = Symbol('refused by a limit of our own')

/** A document that is not run, whatever else is wrong with it. */
export const refusedDocument = (message: string, code = 'GRAPHQL_VALIDATION_FAILED') =>
  new GraphQLError(message, { extensions: { code, [mark]: true } })

/**
 * Answers a document beyond our limits with that refusal alone: a hundred further errors would make a small request
 * a large answer, and would tell of the schema to whoever may not use it.
 */
export const refusalsAlone: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      validationDidStart: () =>
        Promise.resolve((errors?: readonly Error[]) => {
          const own = errors?.find(
            (error) => error instanceof GraphQLError && mark in error.extensions,
          )
          // Apollo Server answers with this very array.
          if (own) (errors as Error[]).splice(0, Infinity, own)
          return Promise.resolve()
        }),
    }),
}
