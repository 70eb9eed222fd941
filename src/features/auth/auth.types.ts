import { createUnionType, Field, ID, Int, ObjectType } from 'type-graphql'
import { Session } from '../sessions/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import {
  GraphQLDateTime,
  GraphQLEmailAddress,
  GraphQLJSON,
} from '../../platform/graphql/scalars.js'
import type { SessionWithAccessToken } from './issue-tokens.js'

type SessionWithProof = SessionWithAccessToken & { readonly presenceProof: string | null }

@ObjectType({ simpleResolvers: true, description: 'A completed sign-in.' })
export class AuthPayload {
  @Field(() => String, {
    description: 'JWT (RFC 9068) to send as `Authorization: Bearer <accessToken>`.',
  })
  accessToken!: string

  @Field(() => String, { description: 'Always Bearer.' })
  tokenType!: string

  @Field(() => Int, { description: 'Seconds until the access token expires.' })
  expiresIn!: number

  @Field(() => String, {
    nullable: true,
    description:
      'Opaque: give it to `refresh`. Null when it was set as a cookie, and when the one you have goes on (`reauthenticate`).',
  })
  refreshToken!: string | null

  @Field(() => GraphQLDateTime, {
    description: 'When the refresh token expires if it is not used.',
  })
  refreshTokenExpiresAt!: Date

  @Field(() => String, {
    nullable: true,
    description:
      'Proof of presence for step-up operations: those with `presenceProof` in their input. Null on `refresh`. Good for ten minutes in this session. A changed password or address, the end of the session, and the next `reauthenticate` end it. Keep it apart from the access token, in memory only, and send it to nobody else.',
  })
  presenceProof!: string | null

  @Field(() => Session, { description: 'The session that the tokens belong to.' })
  session!: Session

  /** The user is loaded only when it is asked for. */
  userId!: string

  /** `refreshToken` is null when it travels in the cookie: never in both. */
  static from(
    { session, accessToken, expiresIn, presenceProof }: SessionWithProof,
    refreshToken: string | null,
  ) {
    return Object.assign(new AuthPayload(), {
      accessToken,
      presenceProof,
      tokenType: 'Bearer',
      expiresIn,
      refreshToken,
      refreshTokenExpiresAt: session.expiresAt,
      session: Session.from(session, session.id),
      userId: session.userId,
    })
  }
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Sent instead of tokens when addresses have to be verified. The same for new and for taken addresses: what is true is in the message.',
})
export class EmailVerificationRequired {
  @Field(() => GraphQLEmailAddress, { description: 'Where the message went.' })
  email!: string
}

@ObjectType({ simpleResolvers: true, description: 'A completed sign-out.' })
export class LogoutPayload {
  @Field(() => ID, {
    nullable: true,
    description: 'The ended session; null when there was none to end.',
  })
  sessionId!: string | null
}

@ObjectType({
  simpleResolvers: true,
  description: 'Everything the service holds about a user.',
})
export class AccountData {
  @Field(() => GraphQLJSON, {
    description: 'Profile, sessions, known networks, messages and audit events.',
  })
  json!: object

  @Field(() => GraphQLDateTime, { description: 'When it was read.' })
  createdAt!: Date
}

export const ExportAccountDataResult = createUnionType({
  name: 'ExportAccountDataResult',
  description: 'AuthError codes: REAUTHENTICATION_REQUIRED.',
  types: () => [AccountData, AuthError] as const,
})

export const RegisterResult = createUnionType({
  name: 'RegisterResult',
  description:
    'AuthError codes: EMAIL_TAKEN, USERNAME_TAKEN, WEAK_PASSWORD, INVALID_INPUT, REGISTRATION_CLOSED.',
  types: () => [AuthPayload, EmailVerificationRequired, AuthError] as const,
})

export const LoginResult = createUnionType({
  name: 'LoginResult',
  description:
    'AuthError codes: INVALID_CREDENTIALS, EMAIL_NOT_VERIFIED, ACCOUNT_DISABLED, SESSION_LIMIT_REACHED.',
  types: () => [AuthPayload, AuthError] as const,
})

export const RefreshResult = createUnionType({
  name: 'RefreshResult',
  description:
    'AuthError codes: INVALID_REFRESH_TOKEN, REFRESH_TOKEN_EXPIRED, REFRESH_TOKEN_REUSED, SESSION_ENDED.',
  types: () => [AuthPayload, AuthError] as const,
})

export const ReauthenticateResult = createUnionType({
  name: 'ReauthenticateResult',
  description: 'AuthError codes: INVALID_CREDENTIALS.',
  types: () => [AuthPayload, AuthError] as const,
})

@ObjectType({
  simpleResolvers: true,
  description: 'How this service is configured, for sign-in pages.',
})
export class AuthSettings {
  @Field(() => Boolean, { description: 'Whether anybody may register.' })
  registrationOpen!: boolean

  @Field(() => Boolean, {
    description: 'Whether an address has to be verified before anybody is signed in.',
  })
  emailVerificationRequired!: boolean

  @Field(() => Int, { description: 'The least number of characters (code points) of a password.' })
  passwordMinLength!: number

  @Field(() => Int, { description: 'The greatest number of characters of a password.' })
  passwordMaxLength!: number
}
