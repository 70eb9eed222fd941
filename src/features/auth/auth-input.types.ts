import { Extensions, Field, InputType, registerEnumType } from 'type-graphql'
import { MfaMethod } from '../credentials/index.js'
import { label } from '../../platform/graphql/check-variables.js'
import { GraphQLEmailAddress, GraphQLJSON } from '../../platform/graphql/scalars.js'

export const RefreshTokenTransport = { BODY: 'BODY', COOKIE: 'COOKIE' } as const
export type RefreshTokenTransport = keyof typeof RefreshTokenTransport
registerEnumType(RefreshTokenTransport, {
  name: 'RefreshTokenTransport',
  description: 'How the service sends the refresh token.',
  valuesConfig: {
    BODY: {
      description: 'In the payload, for native apps, servers and gateways that drop cookies.',
    },
    COOKIE: {
      description: 'In a __Host- cookie (HttpOnly, Secure, SameSite=Strict), for browsers.',
    },
  },
})

export const deviceName =
  'A name for the session, for example `Ana’s phone`. The service drops unprintable characters and never refuses a name.'

@InputType({ description: 'A new account.' })
export class RegisterInput {
  @Field(() => GraphQLEmailAddress, { description: 'The e-mail address of the person.' })
  email!: string

  @Field(() => String, { description: 'See `AuthSettings` for the length limits.' })
  password!: string

  @Field(() => String, {
    nullable: true,
    description:
      'A unique handle of 3 to 50 characters. Not accepted if the service requires verified addresses: set it after the verification.',
  })
  username?: string | null

  @Field(() => String, { nullable: true, description: 'The display name.' })
  name?: string | null

  @Extensions(label)
  @Field(() => String, {
    nullable: true,
    description:
      'A BCP 47 language tag for e-mails. The service ignores values that it cannot parse.',
  })
  locale?: string | null

  @Field(() => RefreshTokenTransport, {
    defaultValue: RefreshTokenTransport.BODY,
    description: 'Where the refresh token is put.',
  })
  refreshTokenTransport!: RefreshTokenTransport

  @Extensions(label)
  @Field(() => String, { nullable: true, description: deviceName })
  deviceName?: string | null
}

@InputType({ description: 'E-mail and password.' })
export class LoginInput {
  @Field(() => GraphQLEmailAddress, { description: 'The address of the account.' })
  email!: string

  @Field(() => String, { description: 'The password of the account.' })
  password!: string

  @Field(() => RefreshTokenTransport, {
    defaultValue: RefreshTokenTransport.BODY,
    description: 'Where the refresh token is put.',
  })
  refreshTokenTransport!: RefreshTokenTransport

  @Extensions(label)
  @Field(() => String, { nullable: true, description: deviceName })
  deviceName?: string | null
}

const attemptDescription = `
Recognizes the retry of a refresh after a lost response. The client generates a random value (at least 128 bits, as 22 to
128 base64url characters), stores it and then sends it. Every retry with the same refresh token sends the same value and
gets the same successor, no matter how late. Without an attempt, retries work only within the grace interval. Any other
text fails with BAD_USER_INPUT.
`.trim()

@InputType({ description: 'The session to refresh.' })
export class RefreshInput {
  @Field(() => String, {
    nullable: true,
    description: 'From the last `AuthPayload`. If omitted, the service reads the refresh cookie.',
  })
  refreshToken?: string | null

  @Field(() => String, {
    nullable: true,
    description: attemptDescription,
  })
  attempt?: string | null
}

@InputType({ description: 'The session to end.' })
export class LogoutInput {
  @Field(() => String, {
    nullable: true,
    description:
      'From the last `AuthPayload`. If omitted, the refresh cookie or else the access token names the session.',
  })
  refreshToken?: string | null
}

@InputType({ description: 'The second factor of a sign-in.' })
export class VerifyMfaInput {
  @Field(() => String, { description: 'From `MfaRequired`.' })
  challengeToken!: string

  @Field(() => MfaMethod, { description: 'One of the methods of `MfaRequired`.' })
  method!: MfaMethod

  @Field(() => String, {
    nullable: true,
    description: 'The code, for TOTP and RECOVERY_CODE. Spaces and dashes do not matter.',
  })
  code?: string | null

  @Field(() => GraphQLJSON, {
    nullable: true,
    description:
      'For PASSKEY: the result of `toJSON()` of the `PublicKeyCredential`, for the options of `MfaRequired.passkeyOptions`.',
  })
  passkeyResponse?: unknown
}

@InputType({
  description:
    'A proof of presence. With a second factor, the password alone is not enough: add a code. A passkey alone is enough.',
})
export class ReauthenticateInput {
  @Field(() => String, { nullable: true, description: 'The password of the account.' })
  password?: string | null

  @Field(() => String, { nullable: true, description: 'A code of the authenticator app.' })
  totpCode?: string | null

  @Field(() => String, { nullable: true, description: 'An unused recovery code. This uses it up.' })
  recoveryCode?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'From `beginPasskeyLogin`, with `passkeyResponse`. The other fields are then ignored.',
  })
  passkeyChallengeToken?: string | null

  @Field(() => GraphQLJSON, {
    nullable: true,
    description:
      'The result of `toJSON()` of the `PublicKeyCredential`. It must be one of your passkeys.',
  })
  passkeyResponse?: unknown
}
