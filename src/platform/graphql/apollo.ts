import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import { checkVariables } from './check-variables.js'
import type { RequestContext } from './context.js'
import { formatError } from './format-error.js'
import { observeOperations } from './observe-operations.js'

/** The GraphQL engine, with every default that says too much or phones home turned off. */
export function createApollo(schema: GraphQLSchema, options: { production: boolean; log: Logger }) {
  return new ApolloServer<RequestContext>({
    schema,
    nodeEnv: options.production ? 'production' : 'development',
    introspection: !options.production,
    // Not by headers: only application/json POSTs may mutate (platform/http), cookies authenticate no
    // query, and urql 6 sends plain GETs, which the stock check refuses.
    csrfPrevention: false,
    allowBatchedHttpRequests: false,
    // Clients that offer hashes are told PERSISTED_QUERY_NOT_SUPPORTED and send the document.
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    validationOptions: { maxErrors: 20 },
    formatError,
    logger: options.log,
    plugins: [
      checkVariables,
      observeOperations(options.log),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
}
