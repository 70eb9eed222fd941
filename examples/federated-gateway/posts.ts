// A service of yours: posts, and which of Latchkey's users wrote them. It verifies access tokens by itself.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { createVerifier, requireCaller, type Verification } from '@latchkey/verify'

const typeDefs = parse(`
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"])

  type Post {
    id: ID!
    title: String!
    author: User!
  }

  type User @key(fields: "id") {
    id: ID!
    posts: [Post!]!
  }

  type Query {
    posts: [Post!]!
  }

  type Mutation {
    createPost(title: String!): Post
  }
`)

interface Post {
  readonly id: string
  readonly title: string
  readonly authorId: string
}

interface Context {
  readonly verification: Verification
}

export interface PostsOptions {
  /** `PUBLIC_URL` of Latchkey. */
  readonly issuer: string
  /** Where its keys are, if not below the issuer. */
  readonly jwksUrl?: string
  readonly port?: number
}

export async function startPosts({ port = 0, ...options }: PostsOptions) {
  const posts: Post[] = []
  const verifier = createVerifier(options)

  const resolvers = {
    Query: { posts: () => posts },
    Mutation: {
      createPost(_: unknown, { title }: { title: string }, { verification }: Context) {
        const { userId: authorId } = requireCaller(verification)
        const post = { id: String(posts.length + 1), title, authorId }
        posts.push(post)
        return post
      },
    },
    Post: { author: ({ authorId }: Post) => ({ id: authorId }) },
    User: { posts: ({ id }: { id: string }) => posts.filter(({ authorId }) => authorId === id) },
  }

  const schema = buildSubgraphSchema([{ typeDefs, resolvers }])
  const server = new ApolloServer<Context>({ schema })
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: '127.0.0.1' },
    context: async ({ req }) => ({
      verification: await verifier.verify(req.headers.authorization),
    }),
  })
  return { url, close: () => server.stop() }
}
