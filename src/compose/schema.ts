import 'reflect-metadata'
import { isObjectType, type GraphQLField } from 'graphql'
import { buildSchema, type NonEmptyArray } from 'type-graphql'
import { features } from './features.js'
import { gatewayResolvers, type Gateways } from '../features/gateways/index.js'
import type { Feature } from '../platform/feature.js'
import { registerErrorCodes } from '../platform/graphql/auth-error.types.js'
import { registerMethods } from '../platform/graphql/authentication-method.types.js'
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

for (const { errorCodes, authenticationMethods } of features) {
  registerErrorCodes(errorCodes ?? {})
  registerMethods(authenticationMethods ?? {})
}

type ResolverClass = NonNullable<Feature['resolvers']>[number]

const resolverClasses = features.flatMap(({ resolvers = [] }) => resolvers)

/**
 * The GraphQL schema over these resolvers, one instance of each class: they are the whole container.
 * Without any, a schema to print. What only gateways ask for is in it where there are such.
 */
export async function createSchema(
  resolvers: object[] = [],
  { aroundMutations = [], aroundQueries = [] }: Around = {},
  gateways: Gateways = { federation: false, stitching: false },
) {
  const classes: ResolverClass[] = [...resolverClasses, ...gatewayResolvers(gateways)]
  const instances = new Map<unknown, object>(resolvers.map((one) => [one.constructor, one]))
  const lacking = classes.find((one) => !instances.has(one))
  if (lacking && resolvers.length > 0) throw new Error(`${lacking.name} has no instance`)
  const schema = await buildSchema({
    resolvers: classes as NonEmptyArray<ResolverClass>,
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
