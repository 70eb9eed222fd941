import type { GraphQLSchema } from 'graphql'
import { Arg, Ctx, Query, Resolver } from 'type-graphql'
import type { RequestContext } from '../../platform/graphql/context.js'
import { badUserInput } from '../../platform/graphql/errors.js'
import { Entity, GraphQLAny, Service } from './federation.types.js'
import { federationSdl } from './subgraph-sdl.js'
import type { UsersById } from './users-by-id.js'

/** A subgraph of Apollo Federation 2. */
@Resolver()
export class FederationResolver {
  readonly #usersById: UsersById
  #sdl: string | null = null

  constructor(usersById: UsersById) {
    this.#usersById = usersById
  }

  /** Once, at start: of the schema that this resolver is part of. */
  setSchema(schema: GraphQLSchema) {
    this.#sdl = federationSdl(schema)
  }

  @Query(() => Service, {
    name: '_service',
    description:
      'What a federated gateway composes with. Public, whether or not introspection is on.',
  })
  service() {
    return Object.assign(new Service(), { sdl: this.#sdl })
  }

  @Query(() => [Entity], {
    name: '_entities',
    nullable: 'items',
    description:
      'The entities of these representations, in their order; null for what is unknown. Of a user, whoever asks sees what is public, the user everything.',
  })
  entities(
    @Arg('representations', () => [GraphQLAny], { description: 'Which entities.' })
    representations: unknown[],
    @Ctx() context: RequestContext,
  ) {
    return this.#usersById(representations.map(userIdOf), context)
  }
}

function userIdOf(representation: unknown): unknown {
  const { __typename, id } = (representation ?? {}) as { __typename?: unknown; id?: unknown }
  if (__typename !== 'User')
    throw badUserInput('Every representation must have the __typename User.')
  return id
}
