import { Field, Int, ObjectType } from 'type-graphql'
import { badUserInput } from '../../platform/graphql/errors.js'
import { GraphQLEmailAddress } from '../../platform/graphql/scalars.js'

export type MailRequestOutcome =
  /** `tokenLifetime` in milliseconds. */
  { kind: 'requested'; email: string; tokenLifetimeMs: number } | { kind: 'no-address' }

@ObjectType({
  simpleResolvers: true,
  description: 'The answer is the same whether or not a message is sent.',
})
export class MailRequested {
  @Field(() => GraphQLEmailAddress, {
    description: 'The address that was asked for, in canonical form.',
  })
  email!: string

  @Field(() => Int, { description: 'How long the token in the message lives, in seconds.' })
  tokenLifetime!: number

  /** A typo is said at once: somebody would wait for a message that cannot come. It tells nothing of who has an account. */
  static from(outcome: MailRequestOutcome) {
    if (outcome.kind === 'no-address') throw badUserInput('This is not an e-mail address.')
    const { email, tokenLifetimeMs } = outcome
    return Object.assign(new MailRequested(), { email, tokenLifetime: tokenLifetimeMs / 1_000 })
  }
}
