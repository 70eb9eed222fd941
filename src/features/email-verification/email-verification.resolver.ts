import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import { Audited } from '../audit/index.js'
import { MutationPolicy } from '../limits/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { MailRequested, User } from '../users/index.js'
import type { EmailVerification } from './email-verification.js'
import {
  RequestEmailVerificationInput,
  VerifyEmailInput,
  VerifyEmailResult,
} from './email-verification.types.js'

@Resolver()
export class EmailVerificationResolver {
  readonly #verification: EmailVerification

  constructor(verification: EmailVerification) {
    this.#verification = verification
  }

  // Any client can request an e-mail to any address. So the limit counts per requested address, known or unknown.
  @MutationPolicy({
    takesCredentials: false,
    rules: [
      { per: 'network', max: 60, window: '1h' },
      { per: 'account', max: 5, window: '1h' },
    ],
  })
  @Mutation(() => MailRequested, {
    nullable: true,
    description:
      'Sends the e-mail with the verification link again. The answer is the same for unknown and for verified addresses.',
  })
  async requestEmailVerification(
    @Arg('input', () => RequestEmailVerificationInput, { description: 'The address to verify.' })
    { email }: RequestEmailVerificationInput,
  ) {
    return MailRequested.from(await this.#verification.requestEmailVerification(email))
  }

  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'network', max: 20, window: '1m' }] })
  @Audited('EMAIL_VERIFIED')
  @Mutation(() => VerifyEmailResult, {
    nullable: true,
    description:
      'Verifies your address with the token from the e-mail. Your password or a session of the account must prove that you registered it. Does not sign in.',
  })
  async verifyEmail(
    @Arg('input', () => VerifyEmailInput, { description: 'The token and the password.' })
    { token, password = null }: VerifyEmailInput,
    @Ctx() { request, actingViewer }: RequestContext,
  ) {
    const currentViewer = await actingViewer()
    const outcome = await this.#verification.verifyEmail(
      { token, password },
      currentViewer,
      request,
    )
    if (outcome.kind !== 'verified') return AuthError.fromKind(outcome.kind)
    return User.forViewer(currentViewer, outcome.user)
  }
}
