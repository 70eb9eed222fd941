import type { GraphQLSchema } from 'graphql'
import { Arg, Ctx, Extensions, ID, Query, Resolver } from 'type-graphql'
import { User } from '../users/index.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { costs } from '../../platform/graphql/documents/limits.js'
import { stitchingSdl } from './subgraph-sdl.js'
import type { UsersById } from './users-by-id.js'

/** A subschema for schema stitching with directives. */
@Resolver()
export class StitchingResolver {
  readonly #usersById: UsersById
  #sdl: string | null = null

  constructor(usersById: UsersById) {
    this.#usersById = usersById
  }

  /** Once, at start: of the schema that this resolver is part of. */
  setSchema(schema: GraphQLSchema) {
    this.#sdl = stitchingSdl(schema)
  }

  @Extensions({ cost: costs.sdl })
  @Query(() => String, {
    name: '_sdl',
    description:
      'What a stitching gateway merges: the schema with stitching directives. Public, whether or not introspection is on.',
  })
  sdl() {
    return this.#sdl
  }

  @Query(() => [User], {
    name: '_users',
    nullable: 'items',
    description:
      'The users of these ids, in their order; null for what is unknown. Whoever asks sees what is public, the user everything.',
  })
  users(
    @Arg('ids', () => [ID], { description: 'Which users.' }) ids: string[],
    @Ctx() context: RequestContext,
  ) {
    return this.#usersById(ids, context)
  }
}
