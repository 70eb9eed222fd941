import { Field, ObjectType } from 'type-graphql'

@ObjectType({
  simpleResolvers: true,
  description: 'The position of a page in its list (Relay cursor connections).',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are items after this page.' })
  hasNextPage!: boolean

  @Field(() => Boolean, { description: 'Whether there are items before this page.' })
  hasPreviousPage!: boolean

  @Field(() => String, { nullable: true, description: 'The cursor of the first item.' })
  startCursor!: string | null

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the last item. Pass it as `after` for the next page.',
  })
  endCursor!: string | null
}
