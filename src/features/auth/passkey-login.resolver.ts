import { Arg, Ctx, Extensions, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import { Audited } from '../audit/index.js'
import { MutationPolicy } from '../limits/index.js'
import type { Passkeys } from '../passkeys/index.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { costs } from '../../platform/graphql/documents/limits.js'
import { GraphQLJSON } from '../../platform/graphql/scalars.js'
import type { AuthService } from './auth.service.js'
import { MfaRequired } from './auth.types.js'
import { FinishPasskeyLoginInput, FinishPasskeyLoginResult } from './passkey-login.types.js'
import { toResult } from './to-result.js'

@Resolver()
export class PasskeyLoginResolver {
  readonly #auth: AuthService

  constructor(auth: AuthService) {
    this.#auth = auth
  }

  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'network', max: 60, window: '1m' }] })
  @Audited('LOGIN')
  @Mutation(() => FinishPasskeyLoginResult, {
    nullable: true,
    description:
      'Signs in with the passkey that the user chose. No password and no second factor is needed.',
  })
  async finishPasskeyLogin(
    @Arg('input', () => FinishPasskeyLoginInput, {
      description: 'The challenge and the response of the browser.',
    })
    input: FinishPasskeyLoginInput,
    @Ctx() { request, refreshCookie }: RequestContext,
  ) {
    const { challengeToken, response, deviceName = null } = input
    const { refreshTokenTransport: transport } = input
    const login = { challengeToken, response, transport, deviceName }
    const outcome = await this.#auth.finishPasskeyLogin(login, request)
    return toResult(outcome, transport, refreshCookie)
  }
}

@Resolver(() => MfaRequired)
export class MfaRequiredResolver {
  readonly #passkeys: Passkeys

  constructor(passkeys: Passkeys) {
    this.#passkeys = passkeys
  }

  @Extensions({ cost: costs.statement })
  @FieldResolver(() => GraphQLJSON, {
    nullable: true,
    description:
      'For `PublicKeyCredential.parseRequestOptionsFromJSON`, if the user can choose PASSKEY. Null if not.',
  })
  passkeyOptions(@Root() { mfaMethods, userId, challengeToken }: MfaRequired) {
    if (!mfaMethods.includes('PASSKEY')) return null
    return this.#passkeys.secondFactorOptions(userId, challengeToken)
  }
}
