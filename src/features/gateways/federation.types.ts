import { GraphQLScalarType } from 'graphql'
import { createUnionType, Extensions, Field, ObjectType } from 'type-graphql'
import { User } from '../users/index.js'
import { costs } from '../../platform/graphql/documents/limits.js'

// The Apollo Federation subgraph specification defines the names and the nullability.

export const GraphQLAny = new GraphQLScalarType<unknown, unknown>({
  name: '_Any',
  description:
    'The representation of an entity: its `__typename` and key fields, for example `{ __typename: "User", id: "..." }`.',
})

export const Entity = createUnionType({
  name: '_Entity',
  description: 'The entities that other subgraphs can reference.',
  types: () => [User] as const,
})

@ObjectType('_Service', {
  simpleResolvers: true,
  description: 'The contribution of this subgraph to the supergraph.',
})
export class Service {
  @Extensions({ cost: costs.sdl })
  @Field(() => String, {
    nullable: true,
    description: 'The schema with Apollo Federation 2 directives.',
  })
  sdl!: string
}
