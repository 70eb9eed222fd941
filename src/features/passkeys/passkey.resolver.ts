import {
  Arg,
  Ctx,
  Extensions,
  FieldResolver,
  Mutation,
  Resolver,
  Root,
  UseMiddleware,
} from 'type-graphql'
import { Audited } from '../audit/index.js'
import { MutationPolicy } from '../limits/index.js'
import { Deleted } from '../profile/index.js'
import { ownUserOnly, User } from '../users/index.js'
import { AuthError, InputProblem } from '../../platform/graphql/auth-error.types.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { costs } from '../../platform/graphql/documents/limits.js'
import { badUserInput, unauthenticated } from '../../platform/graphql/errors.js'
import {
  BeginPasskeyRegistrationInput,
  BeginPasskeyRegistrationResult,
  DeletePasskeyInput,
  DeletePasskeyResult,
  FinishPasskeyRegistrationInput,
  FinishPasskeyRegistrationResult,
  Passkey,
  PasskeyChallenge,
  RenamePasskeyInput,
  RenamePasskeyResult,
} from './passkey.types.js'
import type { Passkeys } from './passkeys.js'
import { maxPasskeys } from './registration.js'

const disabledMessage =
  'Passkeys are disabled: they need a host name with https, or localhost. Open http://localhost with the port of the service instead of an IP address, or set PASSKEY_RP_ID.'

const tooManyMessage = `An account has at most ${maxPasskeys} passkeys. Delete one first.`
const tooManyPasskeys = () =>
  AuthError.of('INVALID_INPUT', { problems: [InputProblem.of(['input'], tooManyMessage)] })

@Resolver()
export class PasskeyResolver {
  readonly #passkeys: Passkeys

  constructor(passkeys: Passkeys) {
    this.#passkeys = passkeys
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'account', max: 30, window: '1h' }] })
  @Mutation(() => BeginPasskeyRegistrationResult, {
    nullable: true,
    description:
      'Begins to add a passkey. Only this session can finish it. Fails with BAD_USER_INPUT where `AuthSettings.passkeysEnabled` is false. Step-up: needs a `presenceProof`.',
  })
  async beginPasskeyRegistration(
    @Arg('input', () => BeginPasskeyRegistrationInput, {
      nullable: true,
      description: 'The name of the passkey and the proof of presence.',
    })
    input: BeginPasskeyRegistrationInput | null,
    @Ctx() { requireViewer }: RequestContext,
  ) {
    const { name = null, presenceProof = null, conditional = false } = input ?? {}
    const viewer = await requireViewer({ beforeEnrollment: true })
    const requested = { name, presenceProof, isConditional: conditional }
    const outcome = await this.#passkeys.beginRegistration(viewer, requested)
    switch (outcome.kind) {
      case 'begun':
        return PasskeyChallenge.from(outcome)
      case 'invalid-input':
        return AuthError.invalidInput(outcome.problems)
      case 'too-many-passkeys':
        return tooManyPasskeys()
      case 'reauthentication-required':
        return AuthError.of('REAUTHENTICATION_REQUIRED', { methods: outcome.methods })
      case 'passkeys-disabled':
        throw badUserInput(disabledMessage)
      case 'session-ended':
        throw unauthenticated('SESSION_ENDED')
    }
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'account', max: 30, window: '1h' }] })
  @Audited('PASSKEY_ADDED')
  @Mutation(() => FinishPasskeyRegistrationResult, {
    nullable: true,
    description:
      'Adds the passkey that the browser created. The session counts as signed in with it, unless the browser created it without asking the user.',
  })
  async finishPasskeyRegistration(
    @Arg('input', () => FinishPasskeyRegistrationInput, {
      description: 'The challenge and the response of the browser.',
    })
    input: FinishPasskeyRegistrationInput,
    @Ctx() { request, requireViewer }: RequestContext,
  ) {
    const viewer = await requireViewer({ beforeEnrollment: true })
    const outcome = await this.#passkeys.finishRegistration(viewer, input, request)
    switch (outcome.kind) {
      case 'registered':
        return Passkey.from(outcome.passkey)
      case 'too-many-passkeys':
        return tooManyPasskeys()
      case 'session-ended':
        throw unauthenticated('SESSION_ENDED')
      default:
        return AuthError.fromKind(outcome.kind)
    }
  }

  // Every visitor of a sign-in page with autofill calls it. It costs one HMAC.
  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'network', max: 600, window: '1m' }] })
  @Mutation(() => PasskeyChallenge, {
    nullable: true,
    description:
      'Begins a sign-in with a passkey, or a `reauthenticate` with one. Public. The user chooses the passkey, so no address is needed. Fails with BAD_USER_INPUT where `AuthSettings.passkeysEnabled` is false.',
  })
  beginPasskeyLogin() {
    const outcome = this.#passkeys.beginLogin()
    if (outcome.kind === 'passkeys-disabled') throw badUserInput(disabledMessage)
    return PasskeyChallenge.from(outcome)
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'session', max: 60, window: '1m' }] })
  @Mutation(() => RenamePasskeyResult, {
    nullable: true,
    description: 'Gives one of your passkeys another name.',
  })
  async renamePasskey(
    @Arg('input', () => RenamePasskeyInput, { description: 'The passkey and its new name.' })
    input: RenamePasskeyInput,
    @Ctx() { requireViewer }: RequestContext,
  ) {
    const outcome = await this.#passkeys.rename(await requireViewer(), input)
    switch (outcome.kind) {
      case 'renamed':
        return Passkey.from(outcome.passkey)
      case 'invalid-input':
        return AuthError.invalidInput(outcome.problems)
      case 'session-ended':
        throw unauthenticated('SESSION_ENDED')
      default:
        return AuthError.fromKind(outcome.kind)
    }
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'session', max: 60, window: '1h' }] })
  @Audited('PASSKEY_REMOVED')
  @Mutation(() => DeletePasskeyResult, {
    nullable: true,
    description:
      'Deletes one of your passkeys, unless the account has no other way to sign in. Revokes all presence proofs of the account. Step-up: needs a `presenceProof`.',
  })
  async deletePasskey(
    @Arg('input', () => DeletePasskeyInput, {
      description: 'The passkey and the proof of presence.',
    })
    { passkeyId, presenceProof = null }: DeletePasskeyInput,
    @Ctx() { request, requireViewer }: RequestContext,
  ) {
    const viewer = await requireViewer()
    const outcome = await this.#passkeys.delete(viewer, { passkeyId, presenceProof }, request)
    switch (outcome.kind) {
      case 'deleted':
        return Object.assign(new Deleted(), { id: outcome.id })
      case 'reauthentication-required':
        return AuthError.of('REAUTHENTICATION_REQUIRED', { methods: outcome.methods })
      case 'session-ended':
        throw unauthenticated('SESSION_ENDED')
      default:
        return AuthError.fromKind(outcome.kind)
    }
  }
}

@UseMiddleware(ownUserOnly)
@Resolver(() => User)
export class UserPasskeysResolver {
  readonly #passkeys: Passkeys

  constructor(passkeys: Passkeys) {
    this.#passkeys = passkeys
  }

  @Extensions({ cost: costs.statement + maxPasskeys * costs.row })
  @FieldResolver(() => [Passkey], {
    nullable: true,
    description: 'The passkeys of the user, oldest first. 20 at most.',
  })
  async passkeys(@Root() user: User) {
    return (await this.#passkeys.list(user.id)).map((row) => Passkey.from(row))
  }
}
