import { Arg, Ctx, Mutation, Resolver } from 'type-graphql'
import { Audited } from '../audit/index.js'
import { StepUpInput } from '../credentials/index.js'
import { MutationPolicy } from '../limits/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { unauthenticated } from '../../platform/graphql/errors.js'
import type { RecoveryCodes as Service } from './recovery-codes.js'
import { RecoveryCodes, RegenerateRecoveryCodesResult } from './recovery-codes.types.js'

@Resolver()
export class RecoveryCodesResolver {
  readonly #recoveryCodes: Service

  constructor(recoveryCodes: Service) {
    this.#recoveryCodes = recoveryCodes
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'session', max: 20, window: '1h' }] })
  @Audited('RECOVERY_CODES_REGENERATED')
  @Mutation(() => RegenerateRecoveryCodesResult, {
    nullable: true,
    description:
      'Replaces your recovery codes. The earlier ones stop working. Step-up: needs a `presenceProof`.',
  })
  async regenerateRecoveryCodes(
    @Arg('input', () => StepUpInput, { nullable: true, description: 'The proof of presence.' })
    input: StepUpInput | null,
    @Ctx() { request, requireViewer }: RequestContext,
  ) {
    const viewer = await requireViewer()
    const proof = input?.presenceProof ?? null
    const outcome = await this.#recoveryCodes.regenerate(viewer, proof, request)
    switch (outcome.kind) {
      case 'regenerated':
        return Object.assign(new RecoveryCodes(), { codes: outcome.codes })
      case 'reauthentication-required':
        return AuthError.of('REAUTHENTICATION_REQUIRED', { methods: outcome.methods })
      case 'session-ended':
        throw unauthenticated('SESSION_ENDED')
      case 'mfa-not-enabled':
        return AuthError.fromKind(outcome.kind)
    }
  }
}
