import type { GraphQLSchema } from 'graphql'
import { Arg, Ctx, Query, Resolver } from 'type-graphql'
import type { RequestContext } from '../../platform/graphql/context.js'
import { badUserInput } from '../../platform/graphql/errors.js'
import { Entity, GraphQLAny, Service } from './federation.types.js'
import { federationSdl } from './subgraph-sdl.js'
import type { UsersById } from './users-by-id.js'

/** The subgraph for Apollo Federation 2. */
@Resolver()
export class FederationResolver {
  readonly #usersById: UsersById
  #sdl: string | null = null

  constructor(usersById: UsersById) {
    this.#usersById = usersById
  }

  /** Called once at start with the schema that contains this resolver. */
  setSchema(schema: GraphQLSchema) {
    this.#sdl = federationSdl(schema)
  }

  @Query(() => Service, {
    name: '_service',
    description:
      'The schema for the composition of a supergraph. Public even when introspection is off.',
  })
  service() {
    return Object.assign(new Service(), { sdl: this.#sdl })
  }

  @Query(() => [Entity], {
    name: '_entities',
    nullable: 'items',
    description:
      'The entities of these representations, in the same order. Null for unknown entities. Private fields of a user are visible only to the user.',
  })
  entities(
    @Arg('representations', () => [GraphQLAny], {
      description: 'The representations of the entities.',
    })
    representations: unknown[],
    @Ctx() context: RequestContext,
  ) {
    return this.#usersById(representations.map(userIdOf), context)
  }
}

function userIdOf(representation: unknown): unknown {
  const { __typename, id } = (representation ?? {}) as { __typename?: unknown; id?: unknown }
  if (__typename !== 'User')
    throw badUserInput('Each representation must have the __typename User.')
  return id
}
