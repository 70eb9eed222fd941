import type { GraphQLSchema } from 'graphql'
import { Arg, Ctx, Extensions, ID, Query, Resolver } from 'type-graphql'
import { User } from '../users/index.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { costs } from '../../platform/graphql/documents/limits.js'
import { stitchingSdl } from './subgraph-sdl.js'
import type { UsersById } from './users-by-id.js'

/** The subschema for schema stitching with directives. */
@Resolver()
export class StitchingResolver {
  readonly #usersById: UsersById
  #sdl: string | null = null

  constructor(usersById: UsersById) {
    this.#usersById = usersById
  }

  /** Called once at start with the schema that contains this resolver. */
  setSchema(schema: GraphQLSchema) {
    this.#sdl = stitchingSdl(schema)
  }

  @Extensions({ cost: costs.sdl })
  @Query(() => String, {
    name: '_sdl',
    description:
      'The schema with stitching directives, for stitching gateways. Public even when introspection is off.',
  })
  sdl() {
    return this.#sdl
  }

  @Query(() => [User], {
    name: '_users',
    nullable: 'items',
    description:
      'The users with these ids, in the same order. Null for unknown ids. Private fields are visible only to the user.',
  })
  users(
    @Arg('ids', () => [ID], { description: 'The ids of the users.' }) ids: string[],
    @Ctx() context: RequestContext,
  ) {
    return this.#usersById(ids, context)
  }
}
