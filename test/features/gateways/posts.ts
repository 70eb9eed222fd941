import { buildSubgraphSchema } from '@apollo/subgraph'
import { buildSchema, graphql, parse } from 'graphql'

/** A service of another team: posts that reference their authors by id, and its own list type and page type. */
const posts = `
  type Query { posts: [Post!]! }
  type Post { title: String! author: User! }
  type PostPage { nodes: [Post!]! pageInfo: PageInfo! }
`
const pageInfo = `{
  hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String
}`

const createPosts = (authors: readonly string[]) =>
  authors.map((id, i) => ({ title: `Post ${i}`, author: { __typename: 'User', id } }))

/** As a subgraph. `user` is its declaration of users. */
export const postsSubgraph = (authors: () => readonly string[], user: string) =>
  buildSubgraphSchema({
    typeDefs: parse(`
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])
      ${posts} ${user} type PageInfo @shareable ${pageInfo}`),
    resolvers: {
      Query: { posts: () => createPosts(authors()) },
      User: {
        postCount: ({ id }: { id: string }) => authors().filter((author) => author === id).length,
      },
    },
  })

/** As a subschema that knows only the id of a user and the number of posts. */
export function postsSubschema(authors: () => readonly string[]) {
  const schema = buildSchema(`
    directive @key(selectionSet: String!) on OBJECT
    directive @merge(keyField: String!) on FIELD_DEFINITION
    ${posts} type PageInfo ${pageInfo}
    type User @key(selectionSet: "{ id }") { id: ID! postCount: Int! }
    extend type Query { _authors(ids: [ID!]!): [User]! @merge(keyField: "id") }`)
  const withCount = (id: string) => ({
    id,
    postCount: authors().filter((one) => one === id).length,
  })
  const rootValue = {
    posts: () =>
      createPosts(authors()).map(({ title, author }) => ({ title, author: withCount(author.id) })),
    _authors: ({ ids }: { ids: string[] }) => ids.map(withCount),
  }
  return {
    schema,
    execute: (source: string, variableValues: Readonly<Record<string, unknown>>) =>
      graphql({ schema, source, variableValues, rootValue }),
  }
}
