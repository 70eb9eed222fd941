import { GraphQLScalarType } from 'graphql'
import { createUnionType, Extensions, Field, ObjectType } from 'type-graphql'
import { User } from '../users/index.js'
import { costs } from '../../platform/graphql/documents/limits.js'

// Names and nullability are those of the Apollo Federation subgraph specification.

export const GraphQLAny = new GraphQLScalarType<unknown, unknown>({
  name: '_Any',
  description:
    'A representation of an entity: its `__typename` with the fields of its key, for example `{ __typename: "User", id: "..." }`.',
})

export const Entity = createUnionType({
  name: '_Entity',
  description: 'What other subgraphs may refer to.',
  types: () => [User] as const,
})

@ObjectType('_Service', {
  simpleResolvers: true,
  description: 'What this subgraph brings to the supergraph.',
})
export class Service {
  @Extensions({ cost: costs.sdl })
  @Field(() => String, {
    nullable: true,
    description: 'The schema with the directives of Apollo Federation 2.',
  })
  sdl!: string
}
