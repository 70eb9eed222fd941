import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import { Audited } from '../audit/index.js'
import { StepUpInput } from '../credentials/index.js'
import { MutationPolicy } from '../limits/index.js'
import { User } from '../users/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { unauthenticated } from '../../platform/graphql/errors.js'
import type { Totp } from './totp.js'
import {
  BeginTotpEnrollmentResult,
  ConfirmTotpEnrollmentInput,
  ConfirmTotpEnrollmentResult,
  DisableTotpInput,
  DisableTotpResult,
  TotpEnabled,
  TotpEnrollment,
} from './totp.types.js'

@Resolver()
export class TotpResolver {
  readonly #totp: Totp

  constructor(totp: Totp) {
    this.#totp = totp
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'session', max: 20, window: '1h' }] })
  @Mutation(() => BeginTotpEnrollmentResult, {
    nullable: true,
    description:
      'Creates a secret for an authenticator app. Confirm it with `confirmTotpEnrollment` in the same session. Step-up: needs a `presenceProof`.',
  })
  async beginTotpEnrollment(
    @Arg('input', () => StepUpInput, { nullable: true, description: 'The proof of presence.' })
    input: StepUpInput | null,
    @Ctx() { requireViewer }: RequestContext,
  ) {
    const viewer = await requireViewer({ beforeEnrollment: true })
    const outcome = await this.#totp.begin(viewer, input?.presenceProof ?? null)
    switch (outcome.kind) {
      case 'begun':
        return Object.assign(new TotpEnrollment(), outcome)
      case 'reauthentication-required':
        return AuthError.of('REAUTHENTICATION_REQUIRED', { methods: outcome.methods })
      case 'session-ended':
        throw unauthenticated('SESSION_ENDED')
      case 'mfa-already-enabled':
        return AuthError.fromKind(outcome.kind)
    }
  }

  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'session', max: 20, window: '1h' }] })
  @Audited('TOTP_ENABLED')
  @Mutation(() => ConfirmTotpEnrollmentResult, {
    nullable: true,
    description:
      'Confirms the authenticator app with its first code. From now on, signing in with a password needs a second factor.',
  })
  async confirmTotpEnrollment(
    @Arg('input', () => ConfirmTotpEnrollmentInput, { description: 'The code.' })
    { code }: ConfirmTotpEnrollmentInput,
    @Ctx() { request, requireViewer }: RequestContext,
  ) {
    const viewer = await requireViewer({ beforeEnrollment: true })
    const outcome = await this.#totp.confirm(viewer, code, request)
    if (outcome.kind === 'session-ended') throw unauthenticated('SESSION_ENDED')
    if (outcome.kind !== 'enabled') return AuthError.fromKind(outcome.kind)
    const { user, recoveryCodes } = outcome
    return Object.assign(new TotpEnabled(), {
      user: User.from(user, viewer.sessionId),
      recoveryCodes,
    })
  }

  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'session', max: 20, window: '1h' }] })
  @Audited('TOTP_DISABLED')
  @Mutation(() => DisableTotpResult, {
    nullable: true,
    description:
      'Removes your authenticator app. Recovery codes stop working if no other second factor remains. Step-up: needs a `presenceProof`.',
  })
  async disableTotp(
    @Arg('input', () => DisableTotpInput, { description: 'A code and the proof of presence.' })
    { code, presenceProof = null }: DisableTotpInput,
    @Ctx() { request, requireViewer }: RequestContext,
  ) {
    const viewer = await requireViewer()
    const outcome = await this.#totp.disable(viewer, { code, presenceProof }, request)
    switch (outcome.kind) {
      case 'disabled':
        return User.from(outcome.user, viewer.sessionId)
      case 'reauthentication-required':
        return AuthError.of('REAUTHENTICATION_REQUIRED', { methods: outcome.methods })
      case 'session-ended':
        throw unauthenticated('SESSION_ENDED')
      default:
        return AuthError.fromKind(outcome.kind)
    }
  }
}
