import 'reflect-metadata'
import { isObjectType, type GraphQLField } from 'graphql'
import { buildSchema, type NonEmptyArray } from 'type-graphql'
import { features } from './features.js'
import { gatewayResolvers, type Gateways } from '../features/gateways/index.js'
import type { Feature } from '../platform/feature.js'
import { registerErrorCodes } from '../platform/graphql/auth-error.types.js'
import { registerMethods } from '../platform/graphql/authentication-method.types.js'
import { wrapFields, type FieldMiddleware } from '../platform/graphql/field-middleware.js'
import { costs } from '../platform/graphql/documents/limits.js'
import {
  resetViewer,
  recordOutcomes,
  convertTryAgainLater,
} from '../platform/graphql/observe-operations.js'

interface FieldWrappers {
  readonly aroundMutations?: FieldMiddleware[]
  /** Wraps the fields of queries that wait for the database, on every level. */
  readonly aroundQueries?: FieldMiddleware[]
}

const isDatabaseField = ({ extensions }: GraphQLField<unknown, unknown>) =>
  extensions['cost'] === costs.statement

for (const { errorCodes, authenticationMethods } of features) {
  registerErrorCodes(errorCodes ?? {})
  registerMethods(authenticationMethods ?? {})
}

type ResolverClass = NonNullable<Feature['resolvers']>[number]

const resolverClasses = features.flatMap(({ resolvers = [] }) => resolvers)

/**
 * Builds the GraphQL schema with these resolvers, one instance of each class. Without resolvers the schema can only
 * be printed. Contains the fields for gateways only if they are enabled.
 */
export async function createSchema(
  resolvers: object[] = [],
  { aroundMutations = [], aroundQueries = [] }: FieldWrappers = {},
  gateways: Gateways = { federation: false, stitching: false },
) {
  const classes: ResolverClass[] = [...resolverClasses, ...gatewayResolvers(gateways)]
  const instances = new Map<unknown, object>(resolvers.map((one) => [one.constructor, one]))
  const missing = classes.find((one) => !instances.has(one))
  if (missing && resolvers.length > 0) throw new Error(`${missing.name} has no instance`)
  const schema = await buildSchema({
    resolvers: classes as NonEmptyArray<ResolverClass>,
    container: { get: (type: unknown) => instances.get(type) },
    validate: false,
  })
  const [query, mutation] = [schema.getQueryType(), schema.getMutationType()]
  wrapFields(query, [recordOutcomes, ...aroundQueries])
  wrapFields(mutation, [resetViewer, recordOutcomes, ...aroundMutations])
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type === query || type === mutation) continue
    wrapFields(type, [convertTryAgainLater, ...aroundQueries], isDatabaseField)
  }
  return schema
}
