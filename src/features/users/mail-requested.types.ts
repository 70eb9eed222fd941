import { Field, Int, ObjectType } from 'type-graphql'
import { badUserInput } from '../../platform/graphql/errors.js'
import { GraphQLEmailAddress } from '../../platform/graphql/scalars.js'

export type MailRequestOutcome =
  /** `tokenLifetimeMs`: in milliseconds. */
  { kind: 'requested'; email: string; tokenLifetimeMs: number } | { kind: 'no-address' }

@ObjectType({
  simpleResolvers: true,
  description:
    'The result of a request for a message. It is the same whether or not a message is sent.',
})
export class MailRequested {
  @Field(() => GraphQLEmailAddress, {
    description: 'The requested address, in canonical form.',
  })
  email!: string

  @Field(() => Int, { description: 'How long the token in the message is valid, in seconds.' })
  tokenLifetime!: number

  /**
   * Reports an invalid address at once: the user would wait in vain for a message. This reveals nothing about accounts.
   */
  static from(outcome: MailRequestOutcome) {
    if (outcome.kind === 'no-address') throw badUserInput('This is not an e-mail address.')
    const { email, tokenLifetimeMs } = outcome
    return Object.assign(new MailRequested(), { email, tokenLifetime: tokenLifetimeMs / 1_000 })
  }
}
