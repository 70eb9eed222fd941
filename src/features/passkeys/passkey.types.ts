import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql'
import { presenceProof } from '../credentials/index.js'
import { Deleted } from '../profile/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { GraphQLDateTime, GraphQLJSON } from '../../platform/graphql/scalars.js'
import type { PasskeyChallengeOutcome } from './begin-registration.js'
import type { PasskeyRow } from './passkey.store.js'

@ObjectType({ simpleResolvers: true, description: 'A passkey of the user (WebAuthn credential).' })
export class Passkey {
  @Field(() => ID, { description: 'For `renamePasskey` and `deletePasskey`.' })
  id!: string

  @Field(() => String, {
    description:
      'The id of the credential in base64url, for `PublicKeyCredential.signalAllAcceptedCredentials`.',
  })
  credentialId!: string

  @Field(() => String, { description: 'The name, for lists. The user can change it.' })
  name!: string

  @Field(() => Boolean, {
    description: 'Whether it is synced between devices, as of its last use.',
  })
  backedUp!: boolean

  @Field(() => [String], {
    description: 'How browsers may reach the authenticator, for example `internal` or `usb`.',
  })
  transports!: string[]

  @Field(() => GraphQLDateTime, { description: 'When it was added.' })
  createdAt!: Date

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When it last signed in. Null: never.',
  })
  lastUsedAt!: Date | null

  static from({ id, credentialId, name, backedUp, transports, createdAt, lastUsedAt }: PasskeyRow) {
    const fields = { id, name, backedUp, transports, createdAt, lastUsedAt }
    const encodedId = Buffer.from(credentialId).toString('base64url')
    return Object.assign(new Passkey(), fields, { credentialId: encodedId })
  }
}

@ObjectType({ simpleResolvers: true, description: 'The begin of a ceremony with a passkey.' })
export class PasskeyChallenge {
  @Field(() => String, {
    description: 'Give it back with the response of the browser. It works once.',
  })
  challengeToken!: string

  @Field(() => GraphQLJSON, {
    description:
      'For `PublicKeyCredential.parseCreationOptionsFromJSON` (registration) or `parseRequestOptionsFromJSON` (sign-in), whose result is the `publicKey` of `navigator.credentials.create` or `get`.',
  })
  options!: object

  @Field(() => GraphQLDateTime, {
    description:
      'When the challenge expires, after ten minutes. A page that waits for autofill begins again before.',
  })
  expiresAt!: Date

  static from({ challengeToken, options, expiresAt }: PasskeyChallengeOutcome) {
    return Object.assign(new PasskeyChallenge(), { challengeToken, options, expiresAt })
  }
}

@InputType({ description: 'A new passkey.' })
export class BeginPasskeyRegistrationInput {
  @Field(() => String, {
    nullable: true,
    description:
      'A name for lists, 1 to 100 characters. By default the browser, for example `Chrome on macOS`.',
  })
  name?: string | null

  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'For `navigator.credentials.create` with `mediation: "conditional"`: the browser creates the passkey without a question, right after a sign-in with a saved password. The passkey counts for later sign-ins, not for this session.',
  })
  conditional!: boolean
}

@InputType({ description: 'The response of the browser to a registration.' })
export class FinishPasskeyRegistrationInput {
  @Field(() => String, { description: 'From `beginPasskeyRegistration` in this session.' })
  challengeToken!: string

  @Field(() => GraphQLJSON, {
    description: 'The result of `toJSON()` of the created `PublicKeyCredential`.',
  })
  response!: unknown
}

@InputType({ description: 'Another name for a passkey.' })
export class RenamePasskeyInput {
  @Field(() => ID, { description: 'One of your passkeys.' })
  passkeyId!: string

  @Field(() => String, { description: 'The new name, 1 to 100 characters.' })
  name!: string
}

@InputType({ description: 'The passkey to delete.' })
export class DeletePasskeyInput {
  @Field(() => ID, { description: 'One of your passkeys.' })
  passkeyId!: string

  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null
}

export const BeginPasskeyRegistrationResult = createUnionType({
  name: 'BeginPasskeyRegistrationResult',
  description:
    'AuthError codes: INVALID_INPUT (the name, or the account has 20 passkeys), REAUTHENTICATION_REQUIRED.',
  types: () => [PasskeyChallenge, AuthError] as const,
})

export const FinishPasskeyRegistrationResult = createUnionType({
  name: 'FinishPasskeyRegistrationResult',
  description:
    'AuthError codes: INVALID_PASSKEY_RESPONSE, INVALID_CHALLENGE, INVALID_INPUT (the account has 20 passkeys).',
  types: () => [Passkey, AuthError] as const,
})

export const RenamePasskeyResult = createUnionType({
  name: 'RenamePasskeyResult',
  description: 'AuthError codes: NOT_FOUND, INVALID_INPUT.',
  types: () => [Passkey, AuthError] as const,
})

export const DeletePasskeyResult = createUnionType({
  name: 'DeletePasskeyResult',
  description: 'AuthError codes: NOT_FOUND, LAST_SIGN_IN_METHOD, REAUTHENTICATION_REQUIRED.',
  types: () => [Deleted, AuthError] as const,
})
