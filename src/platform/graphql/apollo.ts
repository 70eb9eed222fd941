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
import { limitCost } from './documents/limit-cost.js'
import { limitDocuments } from './documents/limit-documents.js'
import { documentLimits } from './documents/limits.js'
import { createPersistedQueries } from './documents/persisted-queries.js'
import { reportRefusalsOnly } from './documents/report-refusals-only.js'
import { requireTrustedDocuments, type TrustedDocuments } from './documents/trusted-documents.js'
import { executeOperations } from './execute.js'
import { formatError } from './format-error.js'
import { setRateLimitHeaders } from './set-rate-limit-headers.js'
import { combinePlugins } from './combine-plugins.js'
import { observeOperations } from './observe-operations.js'

export interface ApolloOptions {
  readonly production: boolean
  /** Whether clients may query the schema and get suggestions for misspelled names. */
  readonly introspection: boolean
  /** The only documents that may run; null: any document may run. */
  readonly trusted: TrustedDocuments | null
  /** Mutations that an operation may contain only once. */
  readonly credentialMutations: ReadonlySet<string>
  readonly log: Logger
}

// A client with more errors than that is not helped by more text.
const maxErrors = 5

/** The GraphQL engine. Every default that leaks information or calls Apollo's servers is off. */
export function createApollo(schema: GraphQLSchema, options: ApolloOptions) {
  const { introspection, trusted } = options
  const listeners = [
    observeOperations(options.log),
    reportRefusalsOnly(trusted),
    checkVariables,
    limitCost,
    setRateLimitHeaders,
  ]
  return new ApolloServer<RequestContext>({
    schema,
    nodeEnv: options.production ? 'production' : 'development',
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    // Headers are not needed against CSRF: only application/json POSTs may mutate (platform/http), and cookies
    // authenticate no query. Besides, urql 6 sends plain GETs, which Apollo's check refuses.
    csrfPrevention: false,
    allowBatchedHttpRequests: false,
    persistedQueries: { cache: createPersistedQueries(trusted) },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: documentLimits.tokens },
    validationRules: [
      ...(trusted ? [requireTrustedDocuments(trusted)] : []),
      limitDocuments(options.credentialMutations),
    ],
    validationOptions: { maxErrors },
    formatError,
    logger: options.log,
    plugins: [
      combinePlugins(...listeners, executeOperations(schema, listeners)),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
}
