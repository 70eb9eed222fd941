import 'reflect-metadata'
import { isObjectType, type GraphQLField } from 'graphql'
import { buildSchema } from 'type-graphql'
import { ProfileResolver, UserResolver } from '../features/profile/index.js'
import { EmailResolver } from '../features/email/index.js'
import { credentialsErrorCodes, PasswordResolver } from '../features/credentials/index.js'
import { authErrorCodes, AuthPayloadResolver, AuthResolver } from '../features/auth/index.js'
import { gatewayResolvers, type Gateways } from '../features/gateways/index.js'
import { oneTimeTokensErrorCodes } from '../features/one-time-tokens/index.js'
import {
  SessionConnectionResolver,
  SessionResolver,
  sessionsErrorCodes,
} from '../features/sessions/index.js'
import { usersErrorCodes } from '../features/users/index.js'
import { platformErrorCodes, registerErrorCodes } from '../platform/graphql/auth-error.types.js'
import { aroundFields, type AroundField } from '../platform/graphql/around-fields.js'
import { costs } from '../platform/graphql/documents/limits.js'
import {
  forgetViewer,
  recordOutcomes,
  tellToTryAgain,
} from '../platform/graphql/observe-operations.js'

interface Around {
  readonly aroundMutations?: AroundField[]
  /** Around the fields of a query that wait for something, on every level. */
  readonly aroundQueries?: AroundField[]
}

const asksTheDatabase = ({ extensions }: GraphQLField<unknown, unknown>) =>
  extensions['cost'] === costs.statement

registerErrorCodes({
  ...platformErrorCodes,
  ...oneTimeTokensErrorCodes,
  ...sessionsErrorCodes,
  ...usersErrorCodes,
  ...credentialsErrorCodes,
  ...authErrorCodes,
})

const resolverClasses = [
  SessionResolver,
  SessionConnectionResolver,
  UserResolver,
  ProfileResolver,
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
  { aroundMutations = [], aroundQueries = [] }: Around = {},
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
  const [query, mutation] = [schema.getQueryType(), schema.getMutationType()]
  aroundFields(query, [recordOutcomes, ...aroundQueries])
  aroundFields(mutation, [forgetViewer, recordOutcomes, ...aroundMutations])
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type === query || type === mutation) continue
    aroundFields(type, [tellToTryAgain, ...aroundQueries], asksTheDatabase)
  }
  return schema
}
