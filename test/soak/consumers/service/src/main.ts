import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { createVerifier, requireCaller, type Verification } from '@latchkey/verify'

interface Context {
  readonly verification: Verification
}

const [, , issuer = '', jwksUrl = ''] = process.argv
const verifier = createVerifier({ issuer, jwksUrl })
const server = new ApolloServer<Context>({
  typeDefs: 'type Query { caller: ID }',
  resolvers: {
    Query: {
      caller: (_: unknown, __: unknown, { verification }: Context) =>
        requireCaller(verification).userId,
    },
  },
})
const { url } = await startStandaloneServer(server, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => ({
    verification: await verifier.verify(req.headers.authorization),
  }),
})
console.log(url)
