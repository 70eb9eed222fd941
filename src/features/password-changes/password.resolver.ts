import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import { Audited } from '../audit/index.js'
import { MutationPolicy } from '../limits/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { unauthenticated } from '../../platform/graphql/errors.js'
import type { PasswordChanges } from './password-changes.js'
import { MailRequested, User } from '../users/index.js'
import {
  ChangePasswordInput,
  ChangePasswordResult,
  RequestPasswordResetInput,
  ResetPasswordInput,
  ResetPasswordResult,
} from './password.types.js'

@Resolver()
export class PasswordResolver {
  readonly #passwords: PasswordChanges

  constructor(passwords: PasswordChanges) {
    this.#passwords = passwords
  }

  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'session', max: 20, window: '1h' }] })
  @Audited('PASSWORD_CHANGED')
  @Mutation(() => ChangePasswordResult, {
    nullable: true,
    description:
      'Replaces your password. Ends all your other sessions and revokes all links mailed before.',
  })
  async changePassword(
    @Arg('input', () => ChangePasswordInput, { description: 'The current and the new password.' })
    { currentPassword = null, newPassword, presenceProof = null }: ChangePasswordInput,
    @Ctx() { request, requireViewer }: RequestContext,
  ) {
    const viewer = await requireViewer()
    const change = { currentPassword, newPassword, presenceProof }
    const outcome = await this.#passwords.change(viewer, change, request)
    if (outcome.kind === 'session-ended') throw unauthenticated('SESSION_ENDED')
    if (outcome.kind === 'changed') return User.from(outcome.user, viewer.sessionId)
    if (outcome.kind === 'weak-password') {
      return AuthError.of('WEAK_PASSWORD', { passwordProblems: outcome.passwordProblems })
    }
    if (outcome.kind === 'reauthentication-required') {
      return AuthError.of('REAUTHENTICATION_REQUIRED', { methods: outcome.methods })
    }
    return AuthError.fromKind(outcome.kind)
  }

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
      'Sends an e-mail with a link to set a new password. The answer is the same for known and unknown addresses.',
  })
  async requestPasswordReset(
    @Arg('input', () => RequestPasswordResetInput, { description: 'The address of the account.' })
    { email }: RequestPasswordResetInput,
    @Ctx() { request }: RequestContext,
  ) {
    return MailRequested.from(await this.#passwords.requestReset(email, request))
  }

  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'network', max: 20, window: '1m' }] })
  @Audited('PASSWORD_RESET')
  @Mutation(() => ResetPasswordResult, {
    nullable: true,
    description:
      'Sets a new password with the token from the e-mail. Ends all sessions of the account and revokes all other links. Does not sign in.',
  })
  async resetPassword(
    @Arg('input', () => ResetPasswordInput, { description: 'The token and the new password.' })
    { token, newPassword }: ResetPasswordInput,
    @Ctx() { request }: RequestContext,
  ) {
    const outcome = await this.#passwords.reset({ token, newPassword }, request)
    if (outcome.kind === 'reset') return User.from(outcome.user, null)
    if (outcome.kind === 'weak-password') {
      return AuthError.of('WEAK_PASSWORD', { passwordProblems: outcome.passwordProblems })
    }
    return AuthError.fromKind(outcome.kind)
  }
}
