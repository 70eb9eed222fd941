import { Field, InputType } from 'type-graphql'

/** The description of every `presenceProof` in an input: it marks step-up operations. */
export const presenceProof =
  'From the `AuthPayload` of the last `register`, `login` or `reauthenticate` of this session. Without a valid one: REAUTHENTICATION_REQUIRED.'

@InputType({ description: 'Proof of presence for an operation that could take the account over.' })
export class StepUpInput {
  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null
}
