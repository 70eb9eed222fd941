import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import { Audited } from '../audit/index.js'
import { MutationPolicy } from '../limits/index.js'
import { StepUpInput } from '../credentials/index.js'
import { passwordMaxLength } from '../passwords/index.js'
import { User, type Users } from '../users/index.js'
import { isRefreshAttempt } from '../sessions/index.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { badUserInput, unauthenticated } from '../../platform/graphql/errors.js'
import type { AuthService } from './auth.service.js'
import {
  LoginInput,
  LogoutInput,
  ReauthenticateInput,
  RefreshInput,
  RegisterInput,
  VerifyMfaInput,
} from './auth-input.types.js'
import {
  AccountData,
  AuthPayload,
  AuthSettings,
  ExportAccountDataResult,
  LoginResult,
  MfaPolicy,
  LogoutPayload,
  ReauthenticateResult,
  RefreshResult,
  RegisterResult,
  VerifyMfaResult,
} from './auth.types.js'
import { toResult } from './to-result.js'
import type { AuthViewer } from './viewer.js'

type Context = RequestContext<AuthViewer>

const malformedAttemptMessage =
  'RefreshInput.attempt is malformed. Send 22 to 128 base64url characters with at least 128 random bits.'

@Resolver()
export class AuthResolver {
  readonly #auth: AuthService

  constructor(auth: AuthService) {
    this.#auth = auth
  }

  @Query(() => User, {
    nullable: true,
    description: 'The signed-in user. Fails with UNAUTHENTICATED without a valid access token.',
  })
  async me(@Ctx() context: Context) {
    const viewer = await context.requireViewer({ beforeEnrollment: true })
    return User.from(viewer.user, viewer.sessionId)
  }

  @Query(() => AuthSettings, {
    nullable: true,
    description: 'The configuration of this service: registration and password rules. Public.',
  })
  authSettings() {
    const { mfaPolicy, ...options } = this.#auth.options
    return Object.assign(new AuthSettings(), options, {
      passwordMaxLength,
      passkeysEnabled: options.passkeyRpId !== null,
      mfaPolicy: MfaPolicy[mfaPolicy === 'required' ? 'REQUIRED' : 'OPTIONAL'],
    })
  }

  @MutationPolicy({
    takesCredentials: true,
    rules: [
      { per: 'network', max: 20, window: '1m' },
      { per: 'network', max: 100, window: '1h' },
      { per: 'account', max: 10, window: '1h' },
    ],
  })
  @Audited('USER_REGISTERED')
  @Mutation(() => RegisterResult, {
    nullable: true,
    description:
      'Creates an account. Signs in at once unless the service requires a verified address first.',
  })
  async register(
    @Arg('input', () => RegisterInput, { description: 'The new account.' }) input: RegisterInput,
    @Ctx() { request, refreshCookie }: Context,
  ) {
    const { email, password, refreshTokenTransport: transport } = input
    const { username = null, name = null, locale = null, deviceName = null } = input
    const fields = { email, password, username, name, locale, deviceName }
    return toResult(await this.#auth.register(fields, request), transport, refreshCookie)
  }

  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'network', max: 20, window: '1m' }] })
  @Audited('LOGIN')
  @Mutation(() => LoginResult, {
    nullable: true,
    description: 'Signs in with e-mail and password.',
  })
  async login(
    @Arg('input', () => LoginInput, { description: 'E-mail and password.' }) input: LoginInput,
    @Ctx() { request, refreshCookie }: Context,
  ) {
    const { email, password, refreshTokenTransport: transport, deviceName = null } = input
    const outcome = await this.#auth.login({ email, password, transport, deviceName }, request)
    return toResult(outcome, transport, refreshCookie)
  }

  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'network', max: 20, window: '1m' }] })
  @Audited('LOGIN')
  @Mutation(() => VerifyMfaResult, {
    nullable: true,
    description:
      'Completes a sign-in that answered MfaRequired. The refresh token goes where the first step asked for it.',
  })
  async verifyMfa(
    @Arg('input', () => VerifyMfaInput, { description: 'The challenge and the second factor.' })
    { challengeToken, method, code = null, passkeyResponse = null }: VerifyMfaInput,
    @Ctx() { request, refreshCookie }: Context,
  ) {
    const answer = { challengeToken, method, code, passkeyResponse }
    const outcome = await this.#auth.verifyMfa(answer, request)
    const transport = 'transport' in outcome ? outcome.transport : 'BODY'
    return toResult(outcome, transport, refreshCookie)
  }

  // Refresh tokens cannot be guessed. A server that renders pages refreshes for all its users from one network.
  @MutationPolicy({
    takesCredentials: true,
    rules: [
      { per: 'refreshToken', max: 120, window: '1m' },
      { per: 'network', max: 600, window: '1m' },
    ],
  })
  @Mutation(() => RefreshResult, {
    nullable: true,
    description:
      'Exchanges a refresh token for a new access token and a new refresh token (rotation). The service reads the token from the input, else from the refresh cookie, and returns the new one the same way. It ignores the Authorization header. Concurrent requests with the same token within the grace interval get the same successor. A replaced token ends the session after the grace interval, unless the request has the `attempt` of the rotation.',
  })
  async refresh(
    @Arg('input', () => RefreshInput, { nullable: true, description: 'The refresh token.' })
    input: RefreshInput | null,
    @Ctx() { request, refreshCookie }: Context,
  ) {
    const inputToken = input?.refreshToken ?? null
    const attempt = input?.attempt ?? null
    if (attempt !== null && !isRefreshAttempt(attempt)) throw badUserInput(malformedAttemptMessage)
    const outcome = await this.#auth.refresh(inputToken ?? refreshCookie.read(), attempt, request)
    return toResult(outcome, inputToken === null ? 'COOKIE' : 'BODY', refreshCookie)
  }

  // Limited per session: an attacker with a stolen token must not use up the owner's attempts. Guesses also count per
  // account.
  @MutationPolicy({ takesCredentials: true, rules: [{ per: 'session', max: 20, window: '1h' }] })
  @Audited('LOGIN')
  @Mutation(() => ReauthenticateResult, {
    nullable: true,
    description:
      'Proves presence again, for an operation that answered REAUTHENTICATION_REQUIRED. The session and its refresh token stay valid. The new access token has a new `auth_time`.',
  })
  async reauthenticate(
    @Arg('input', () => ReauthenticateInput, { description: 'The proof.' })
    input: ReauthenticateInput,
    @Ctx() { request, requireViewer, refreshCookie }: Context,
  ) {
    const viewer = await requireViewer({ beforeEnrollment: true })
    const { password = null, totpCode = null, recoveryCode = null } = input
    const { passkeyChallengeToken, passkeyResponse = null } = input
    const passkey =
      typeof passkeyChallengeToken === 'string'
        ? { challengeToken: passkeyChallengeToken, response: passkeyResponse }
        : null
    const offered = { password, totpCode, recoveryCode, passkey }
    const outcome = await this.#auth.reauthenticate(viewer, offered, request)
    if (outcome.kind === 'session-ended') throw unauthenticated('SESSION_ENDED')
    return toResult(outcome, 'BODY', refreshCookie)
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'session', max: 10, window: '1h' }] })
  @Audited('DATA_EXPORTED')
  @Mutation(() => ExportAccountDataResult, {
    nullable: true,
    description:
      'Returns all data that the service stores about the signed-in user. Step-up: needs a `presenceProof`.',
  })
  async exportAccountData(
    @Arg('input', () => StepUpInput, { nullable: true, description: 'The proof of presence.' })
    input: StepUpInput | null,
    @Ctx() { request, requireViewer }: Context,
  ) {
    const proof = input?.presenceProof ?? null
    const outcome = await this.#auth.exportAccountData(await requireViewer(), proof, request)
    switch (outcome.kind) {
      case 'exported':
        return Object.assign(new AccountData(), outcome)
      case 'reauthentication-required':
        return AuthError.of('REAUTHENTICATION_REQUIRED', { methods: outcome.methods })
      case 'session-ended':
        throw unauthenticated('SESSION_ENDED')
    }
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'network', max: 600, window: '1m' }] })
  @Audited('LOGOUT')
  @Mutation(() => LogoutPayload, {
    nullable: true,
    description:
      'Ends the session of the refresh token (input or cookie), else of the access token. The service refuses its access tokens from the next request on. Idempotent.',
  })
  async logout(
    @Arg('input', () => LogoutInput, { nullable: true, description: 'The session to end.' })
    input: LogoutInput | null,
    @Ctx() { request, viewer, refreshCookie }: Context,
  ) {
    const viewerSessionId = async () => (await viewer())?.sessionId ?? null
    const token = input?.refreshToken ?? refreshCookie.read()
    const payload = await this.#auth.logout(token, viewerSessionId, request)
    refreshCookie.clear()
    return Object.assign(new LogoutPayload(), payload)
  }
}

@Resolver(() => AuthPayload)
export class AuthPayloadResolver {
  readonly #users: Users

  constructor(users: Users) {
    this.#users = users
  }

  @FieldResolver(() => User, { description: 'The signed-in user.' })
  async user(@Root() payload: AuthPayload) {
    const user = await this.#users.load(payload.userId)
    if (!user) throw unauthenticated('SESSION_ENDED') // deleted since the tokens were issued
    return User.from(user, payload.session.id)
  }
}
