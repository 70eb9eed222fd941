import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import { Audited } from '../audit/index.js'
import { MutationPolicy } from '../limits/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { unauthenticated } from '../../platform/graphql/errors.js'
import type { EmailChangeService } from './email.js'
import { MailRequested, User } from '../users/index.js'
import {
  ConfirmEmailChangeInput,
  ConfirmEmailChangeResult,
  RejectEmailChangeInput,
  RejectEmailChangeResult,
  RequestEmailChangeInput,
  RequestEmailChangeResult,
} from './email.types.js'

@Resolver()
export class EmailChangeResolver {
  readonly #email: EmailChangeService

  constructor(email: EmailChangeService) {
    this.#email = email
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'account', max: 5, window: '1h' }] })
  @Audited('EMAIL_CHANGE_REQUESTED')
  @Mutation(() => RequestEmailChangeResult, {
    nullable: true,
    description:
      'Requests a change of your address. It changes when you confirm the link in the e-mail to the new address. The old address gets a notice. Step-up: needs a `presenceProof`.',
  })
  async requestEmailChange(
    @Arg('input', () => RequestEmailChangeInput, { description: 'The new address.' })
    { newEmail, presenceProof = null }: RequestEmailChangeInput,
    @Ctx() { request, requireViewer }: RequestContext,
  ) {
    const viewer = await requireViewer()
    const change = { newEmail, presenceProof }
    const outcome = await this.#email.requestEmailChange(viewer, change, request)
    if (outcome.kind === 'session-ended') throw unauthenticated('SESSION_ENDED')
    if (outcome.kind === 'requested') return User.from(outcome.user, viewer.sessionId)
    if (outcome.kind === 'invalid-input') return AuthError.invalidInput(outcome.problems)
    return AuthError.of('REAUTHENTICATION_REQUIRED', { methods: outcome.methods })
  }

  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'network', max: 20, window: '1m' }] })
  @Audited('EMAIL_CHANGED')
  @Mutation(() => ConfirmEmailChangeResult, {
    nullable: true,
    description:
      'Changes the address with the token from the e-mail to the new address. Also needs the requesting session or the password. Ends all sessions except the requesting and the confirming one. The same request within a minute gets the same answer.',
  })
  async confirmEmailChange(
    @Arg('input', () => ConfirmEmailChangeInput, { description: 'The token and the password.' })
    { token, password = null }: ConfirmEmailChangeInput,
    @Ctx() { request, actingViewer }: RequestContext,
  ) {
    const currentViewer = await actingViewer()
    const outcome = await this.#email.confirmEmailChange(
      { token, password },
      currentViewer,
      request,
    )
    if (outcome.kind !== 'changed') return AuthError.fromKind(outcome.kind)
    return User.forViewer(currentViewer, outcome.user)
  }

  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'network', max: 20, window: '1m' }] })
  @Audited('EMAIL_CHANGE_REJECTED')
  @Mutation(() => RejectEmailChangeResult, {
    nullable: true,
    description:
      '“This was not me”: rejects a change with the token from an e-mail to the old address. Before the confirmation, typing the old address cancels the change and ends the requesting session. For seven days after the confirmation, the password at the time of the request undoes the change. This ends all sessions and requires a new password. Both cases send a link to reset the password. Idempotent.',
  })
  async rejectEmailChange(
    @Arg('input', () => RejectEmailChangeInput, {
      description: 'The token and the old address. After the confirmation also the password.',
    })
    { token, confirmEmail, password = null }: RejectEmailChangeInput,
    @Ctx() { request }: RequestContext,
  ) {
    const rejection = { token, confirmEmail, password }
    const outcome = await this.#email.rejectEmailChange(rejection, request)
    if (outcome.kind === 'requested') return MailRequested.from(outcome)
    if (outcome.kind === 'invalid-input') return AuthError.invalidInput(outcome.problems)
    return AuthError.fromKind(outcome.kind)
  }
}
