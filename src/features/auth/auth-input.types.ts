import { Extensions, Field, InputType, registerEnumType } from 'type-graphql'
import { label } from '../../platform/graphql/check-variables.js'
import { GraphQLEmailAddress } from '../../platform/graphql/scalars.js'

export const RefreshTokenTransport = { BODY: 'BODY', COOKIE: 'COOKIE' } as const
export type RefreshTokenTransport = keyof typeof RefreshTokenTransport
registerEnumType(RefreshTokenTransport, {
  name: 'RefreshTokenTransport',
  description: 'How the refresh token travels.',
  valuesConfig: {
    BODY: { description: 'In the payload: native apps, servers, gateways that drop cookies.' },
    COOKIE: {
      description: 'In a __Host- cookie (HttpOnly, Secure, SameSite=Strict): browsers.',
    },
  },
})

const deviceName =
  'A name for the session, for example `Ana’s phone`. Characters that cannot be shown are dropped; never an error.'

@InputType({ description: 'A new account.' })
export class RegisterInput {
  @Field(() => GraphQLEmailAddress, { description: 'Where the person can be reached.' })
  email!: string

  @Field(() => String, { description: '`AuthSettings` tells how long it has to be.' })
  password!: string

  @Field(() => String, {
    nullable: true,
    description:
      'Optional unique handle, 3 to 50 characters. Not accepted while addresses have to be verified first: set it afterwards.',
  })
  username?: string | null

  @Field(() => String, { nullable: true, description: 'What the user wants to be called.' })
  name?: string | null

  @Extensions(label)
  @Field(() => String, {
    nullable: true,
    description: 'BCP 47, for messages: a hint. What cannot be understood is dropped.',
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
Recognizes the retry of a refresh whose response was lost. The client chooses a random value (at least 128 bits, as 22 to 128
base64url characters), stores it, then sends it; every retry with the same refresh token sends the same value and gets
the same successor, however late. Without it that ends with the grace interval. Any other text is BAD_USER_INPUT.
`.trim()

@InputType({ description: 'The session to carry on.' })
export class RefreshInput {
  @Field(() => String, {
    nullable: true,
    description: 'From the last `AuthPayload`. Left out: the refresh cookie is read.',
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
      'From the last `AuthPayload`. Left out: the refresh cookie, else the access token names the session.',
  })
  refreshToken?: string | null
}

@InputType({ description: 'A proof of presence.' })
export class ReauthenticateInput {
  @Field(() => String, { nullable: true, description: 'The password of the account.' })
  password?: string | null
}
