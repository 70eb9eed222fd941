import 'reflect-metadata'
import { buildSchema } from 'type-graphql'
import { UserResolver } from './features/accounts/index.js'
import { AuthPayloadResolver, AuthResolver } from './features/auth/index.js'
import { SessionConnectionResolver } from './features/sessions/index.js'
import { recordOutcomes } from './platform/graphql/observe-operations.js'

/**
 * The GraphQL schema over these resolvers: one instance of each class, made in app.ts, is the whole
 * container.
 */
export function createSchema(resolvers: object[]) {
  const instances = new Map<unknown, object>(resolvers.map((one) => [one.constructor, one]))
  return buildSchema({
    resolvers: [SessionConnectionResolver, UserResolver, AuthResolver, AuthPayloadResolver],
    container: { get: (type: unknown) => instances.get(type) },
    globalMiddlewares: [recordOutcomes],
    validate: false,
  })
}
