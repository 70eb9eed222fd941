import { Field, InputType } from 'type-graphql'

/** The description of `presenceProof` in every input. The field marks step-up operations. */
export const presenceProof =
  'From the `AuthPayload` of the last `register`, `login` or `reauthenticate` in this session. Without a valid proof, the operation answers REAUTHENTICATION_REQUIRED.'

@InputType({
  description:
    'Proof of presence for an operation with which an attacker could take over the account.',
})
export class StepUpInput {
  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null
}
