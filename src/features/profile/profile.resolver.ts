import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import { Audited } from '../audit/index.js'
import { MutationPolicy } from '../limits/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { unauthenticated } from '../../platform/graphql/errors.js'
import type { Profile } from './profile.js'
import {
  Deleted,
  DeleteAccountInput,
  DeleteAccountResult,
  UpdateProfileInput,
  UpdateProfileResult,
} from './profile.types.js'
import { User } from '../users/index.js'

@Resolver()
export class ProfileResolver {
  readonly #profile: Profile

  constructor(profile: Profile) {
    this.#profile = profile
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'session', max: 60, window: '1h' }] })
  @Mutation(() => UpdateProfileResult, {
    nullable: true,
    description: 'Updates your profile.',
  })
  async updateProfile(
    @Arg('input', () => UpdateProfileInput, { description: 'The fields to change.' })
    input: UpdateProfileInput,
    @Ctx() { requireViewer }: RequestContext,
  ) {
    const { userId, sessionId } = await requireViewer()
    const outcome = await this.#profile.updateProfile(userId, input)
    if (outcome.kind === 'gone') throw unauthenticated('SESSION_ENDED')
    if (outcome.kind === 'updated') return User.from(outcome.user, sessionId)
    if (outcome.kind === 'invalid-input') return AuthError.invalidInput(outcome.problems)
    return AuthError.fromKind(outcome.kind)
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'session', max: 20, window: '1h' }] })
  @Audited('USER_DELETED')
  @Mutation(() => DeleteAccountResult, {
    nullable: true,
    description: 'Deletes your account and all its data. Step-up: needs a `presenceProof`.',
  })
  async deleteAccount(
    @Arg('input', () => DeleteAccountInput, {
      description: 'The address of the account, as a confirmation.',
    })
    { confirmEmail, presenceProof = null }: DeleteAccountInput,
    @Ctx() { request, requireViewer, refreshCookie }: RequestContext,
  ) {
    const deletion = { confirmEmail, presenceProof }
    const outcome = await this.#profile.deleteAccount(await requireViewer(), deletion, request)
    if (outcome.kind === 'session-ended') throw unauthenticated('SESSION_ENDED')
    if (outcome.kind === 'invalid-input') return AuthError.invalidInput(outcome.problems)
    if (outcome.kind === 'reauthentication-required') {
      return AuthError.of('REAUTHENTICATION_REQUIRED', { methods: outcome.methods })
    }
    refreshCookie.clear()
    return Object.assign(new Deleted(), { id: outcome.id })
  }
}
