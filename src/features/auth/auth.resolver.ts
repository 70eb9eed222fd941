import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import { passwordMaxLength, User, type Accounts } from '../accounts/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import type { AuthService } from './auth.service.js'
import {
  AuthPayload,
  AuthSettings,
  LoginInput,
  LoginResult,
  LogoutInput,
  LogoutPayload,
  RefreshInput,
  RefreshResult,
  RegisterInput,
  RegisterResult,
} from './auth.types.js'
import type { CompleteSignInOutcome } from './complete-sign-in.js'
import type { RefreshOutcome } from './refresh.js'
import type { RegisterOutcome } from './register.js'
import type { AuthViewer } from './viewer.js'

type Context = RequestContext<AuthViewer>

@Resolver()
export class AuthResolver {
  readonly #auth: AuthService

  constructor(auth: AuthService) {
    this.#auth = auth
  }

  @Query(() => User, {
    nullable: true,
    description: 'The signed-in user. Raises UNAUTHENTICATED without a valid access token.',
  })
  async me(@Ctx() context: Context) {
    const viewer = await context.requireViewer()
    return User.from(viewer.user, viewer.sessionId)
  }

  @Query(() => AuthSettings, {
    nullable: true,
    description: 'How this service is configured: open registration, password rules. Public.',
  })
  authSettings() {
    return Object.assign(new AuthSettings(), this.#auth.options, { passwordMaxLength })
  }

  @Mutation(() => RegisterResult, {
    nullable: true,
    description: 'Create an account and sign in at once.',
  })
  async register(
    @Arg('input', () => RegisterInput, { description: 'The new account.' }) input: RegisterInput,
    @Ctx() { request }: Context,
  ) {
    const {
      email,
      password,
      username = null,
      name = null,
      locale = null,
      deviceName = null,
    } = input
    const fields = { email, password, username, name, locale, deviceName }
    return toResult(await this.#auth.register(fields, request))
  }

  @Mutation(() => LoginResult, { nullable: true, description: 'Sign in with e-mail and password.' })
  async login(
    @Arg('input', () => LoginInput, { description: 'E-mail and password.' }) input: LoginInput,
    @Ctx() { request }: Context,
  ) {
    const { email, password, deviceName = null } = input
    return toResult(await this.#auth.login({ email, password, deviceName }, request))
  }

  @Mutation(() => RefreshResult, {
    nullable: true,
    description:
      'Exchange a refresh token for a new access token and a new refresh token (rotation). The Authorization header is ignored. Requests that race with the same token inside the grace interval all get the same successor; a rotated token used after it ends the session.',
  })
  async refresh(
    @Arg('input', () => RefreshInput, { nullable: true, description: 'The refresh token.' })
    input: RefreshInput | null,
    @Ctx() { request }: Context,
  ) {
    return toResult(await this.#auth.refresh(input?.refreshToken ?? null, request))
  }

  @Mutation(() => LogoutPayload, {
    nullable: true,
    description:
      'End the session of the refresh token, else of the access token. Its access tokens are refused from the next request on. Idempotent.',
  })
  async logout(
    @Arg('input', () => LogoutInput, { description: 'The session to end.' }) input: LogoutInput,
    @Ctx() { request, viewer }: Context,
  ) {
    const viewerSessionId = async () => {
      const found = await viewer()
      return typeof found === 'string' ? null : found.sessionId
    }
    const token = input.refreshToken ?? null
    const payload = await this.#auth.logout(token, viewerSessionId, request)
    return Object.assign(new LogoutPayload(), payload)
  }
}

@Resolver(() => AuthPayload)
export class AuthPayloadResolver {
  readonly #accounts: Accounts

  constructor(accounts: Accounts) {
    this.#accounts = accounts
  }

  @FieldResolver(() => User, { description: 'Who is signed in.' })
  async user(@Root() payload: AuthPayload) {
    const user = await this.#accounts.find(payload.userId)
    if (!user) throw new Error('the user of a new session is gone')
    return User.from(user, payload.session.id)
  }
}

/** An outcome as a member of the unions. */
function toResult(outcome: RegisterOutcome | CompleteSignInOutcome | RefreshOutcome) {
  switch (outcome.kind) {
    case 'signed-in':
      return AuthPayload.from(outcome)
    case 'invalid-input':
      return AuthError.of('INVALID_INPUT', { problems: outcome.problems })
    case 'weak-password':
      return AuthError.of('WEAK_PASSWORD', { passwordProblems: outcome.passwordProblems })
    default:
      return AuthError.for(outcome.kind)
  }
}
