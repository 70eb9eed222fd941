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
      'Ask for another address. It changes when the link in the message to it is confirmed; the old address is told. Step-up: needs a `presenceProof`.',
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
      'Change the address, by the token in the message to the new one and the session that asked or the password. Every session ends but these two: the one that asked and the one that confirms. The same request within a minute gets the same answer.',
  })
  async confirmEmailChange(
    @Arg('input', () => ConfirmEmailChangeInput, { description: 'The token, and the password.' })
    { token, password = null }: ConfirmEmailChangeInput,
    @Ctx() { request, viewer }: RequestContext,
  ) {
    const currentViewer = await viewer()
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
      '“This was not me”, by the token in a message to the old address. Before the change is confirmed, the old address typed cancels it and ends the session that asked. For seven days after, the password of the time of the request undoes it: every session ends, and the password has to be reset. Mails a link to reset the password. Idempotent.',
  })
  async rejectEmailChange(
    @Arg('input', () => RejectEmailChangeInput, {
      description: 'The token, the old address and, once the change is confirmed, the password.',
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
