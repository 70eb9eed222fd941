// Our HTTP mount gives Apollo Server what it expects of a mount: the tests are those that Apollo has for
// integrations of its server. Each configures a server of its own.
import { ApolloServer } from '@apollo/server'
import { defineIntegrationTestSuite } from '@apollo/server-integration-testsuite'
import { describe, expect, it } from 'vitest'
import { graphqlRoute } from '../../src/platform/graphql/graphql.route.js'
import { createHttpServer } from '../../src/platform/http/server.js'
import { createLogger } from '../../src/platform/observability/logger.js'
import { suite } from '../support/app/jest-globals.js'

// A body that is not JSON is refused by its media type, before anything reads it (csrf.test.ts), and that is 415
// (RFC 9110 §15.5.16). The suite wants the 400 of Apollo, which gets to see what came as text/plain.
const refusedStatus = '415'
// Answers hold tokens: one that says nothing of caching is not to be stored (RFC 6749 §5.1).
const notStored = "expected 'no-store' to be undefined"

const expectedFailures: Record<string, string> = {
  // Of "CSRF prevention".
  default: `expected [ 400 ] to include ${refusedStatus}`,
  'throws an error if POST body is empty': `expected ${refusedStatus} to deeply equal 400`,
  'throws an error if invalid content-type': `expected ${refusedStatus} to deeply equal 400`,
  'runs when cache-control is disabled': notStored,
  'cache-control not set without any hints with if-cacheable': notStored,
}

const log = createLogger('silent')
const http = { publicUrl: 'http://localhost:4000', corsOrigins: [], trustedProxies: 0, log }

for (const [name, message] of Object.entries(expectedFailures)) suite.expectFailure(name, message)

defineIntegrationTestSuite(
  async (config, { context = () => Promise.resolve({}) } = {}) => {
    const apollo = new ApolloServer({ ...config, stopOnTerminationSignals: false })
    await apollo.start()
    const route = graphqlRoute({ apollo, contextFor: () => context(), graphiql: false })
    const server = await createHttpServer(http, [route])
    // The suite asks for `<url>/`, with or without a query.
    server.server.prependListener('request', (request) => {
      request.url = request.url?.replace('/', '/graphql')
    })
    const url = await server.listen({ host: '127.0.0.1', port: 0 })
    return { server: apollo, url, extraCleanup: () => server.close() }
  },
  { noIncrementalDelivery: true }, // GraphQL 16 has neither @defer nor @stream.
)

describe('of the integration tests', () => {
  it('nothing is left out but incremental delivery', () => {
    expect(suite.skippedTests.toSorted()).toEqual([
      'includes all fields with defer legacy',
      'includes all fields with defer modern',
      'incremental delivery',
    ])
  })

  it('those that deviate are still there', () => {
    expect(suite.failedAsExpected.toSorted()).toEqual(Object.keys(expectedFailures).toSorted())
  })
})
