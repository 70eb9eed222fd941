import 'reflect-metadata'
import { buildSchema } from 'type-graphql'
import {
  AccountResolver,
  EmailResolver,
  PasswordResolver,
  UserResolver,
} from './features/accounts/index.js'
import { AuthPayloadResolver, AuthResolver } from './features/auth/index.js'
import { gatewayResolvers, type Gateways } from './features/gateways/index.js'
import { SessionConnectionResolver, SessionResolver } from './features/sessions/index.js'
import { aroundFields, type AroundField } from './platform/graphql/around-fields.js'
import { forgetViewer, recordOutcomes } from './platform/graphql/observe-operations.js'

const resolverClasses = [
  SessionResolver,
  SessionConnectionResolver,
  UserResolver,
  AccountResolver,
  PasswordResolver,
  EmailResolver,
  AuthResolver,
  AuthPayloadResolver,
] as const

/**
 * The GraphQL schema over these resolvers, one instance of each class: they are the whole container.
 * Without any, a schema to print. What only gateways ask for is in it where there are such.
 */
export async function createSchema(
  resolvers: object[] = [],
  aroundMutations: AroundField[] = [],
  gateways: Gateways = { federation: false, stitching: false },
) {
  const classes = [...resolverClasses, ...gatewayResolvers(gateways)] as const
  const instances = new Map<unknown, object>(resolvers.map((one) => [one.constructor, one]))
  const lacking = classes.find((one) => !instances.has(one))
  if (lacking && resolvers.length > 0) throw new Error(`${lacking.name} has no instance`)
  const schema = await buildSchema({
    resolvers: classes,
    container: { get: (type: unknown) => instances.get(type) },
    validate: false,
  })
  aroundFields(schema.getQueryType(), [recordOutcomes])
  aroundFields(schema.getMutationType(), [forgetViewer, recordOutcomes, ...aroundMutations])
  return schema
}
