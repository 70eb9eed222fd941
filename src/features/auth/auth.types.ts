import { createUnionType, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { MfaMethod } from '../credentials/index.js'
import { Session } from '../sessions/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import {
  GraphQLDateTime,
  GraphQLEmailAddress,
  GraphQLJSON,
} from '../../platform/graphql/scalars.js'
import type { MfaRequiredOutcome } from './complete-sign-in.js'
import type { SessionWithAccessToken } from './issue-tokens.js'

export const MfaPolicy = { OPTIONAL: 'OPTIONAL', REQUIRED: 'REQUIRED' } as const
export type MfaPolicy = keyof typeof MfaPolicy
registerEnumType(MfaPolicy, {
  name: 'MfaPolicy',
  description: 'Whether users need a second factor.',
  valuesConfig: {
    OPTIONAL: { description: 'Users decide.' },
    REQUIRED: { description: 'A session without a second factor can only enrol one.' },
  },
})

type SessionWithProof = SessionWithAccessToken & { readonly presenceProof: string | null }

@ObjectType({ simpleResolvers: true, description: 'A completed sign-in.' })
export class AuthPayload {
  @Field(() => String, {
    description: 'A JWT (RFC 9068). Send it as `Authorization: Bearer <accessToken>`.',
  })
  accessToken!: string

  @Field(() => String, { description: 'Always `Bearer`.' })
  tokenType!: string

  @Field(() => Int, { description: 'Seconds until the access token expires.' })
  expiresIn!: number

  @Field(() => String, {
    nullable: true,
    description:
      'An opaque token for `refresh`. Null when it was set as a cookie, and after `reauthenticate`, which keeps your current refresh token valid.',
  })
  refreshToken!: string | null

  @Field(() => GraphQLDateTime, {
    description: 'When the refresh token expires if you do not use it.',
  })
  refreshTokenExpiresAt!: Date

  @Field(() => String, {
    nullable: true,
    description:
      'Proof of presence for step-up operations: operations with `presenceProof` in their input. Null on `refresh`. Valid for ten minutes in this session. A changed password or address, the end of the session, and the next `reauthenticate` revoke it. Keep it in memory only, separate from the access token, and send it to no other service.',
  })
  presenceProof!: string | null

  @Field(() => Session, { description: 'The session of the tokens.' })
  session!: Session

  /** The resolver loads the user only when the client selects it. */
  userId!: string

  /** `refreshToken` is null when the cookie carries it: it is never in both. */
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
    'The result instead of tokens when addresses must be verified. It is the same for new and for taken addresses. Only the e-mail tells which it was.',
})
export class EmailVerificationRequired {
  @Field(() => GraphQLEmailAddress, { description: 'The address to which the e-mail was sent.' })
  email!: string
}

@ObjectType({
  simpleResolvers: true,
  description:
    'The result instead of tokens when the first factor was right and a second one is required. Nothing is in a cookie.',
})
export class MfaRequired {
  @Field(() => String, {
    description: 'Give it to `verifyMfa`. It is valid for ten minutes, five codes and one sign-in.',
  })
  challengeToken!: string

  @Field(() => [MfaMethod], {
    description: 'The methods from which the user can choose, the most convenient one first.',
  })
  mfaMethods!: MfaMethod[]

  @Field(() => GraphQLDateTime, { description: 'When the challenge expires.' })
  expiresAt!: Date

  /** For the passkey options, which are created only when the client selects them. */
  userId!: string

  static from({ methods: mfaMethods, ...required }: MfaRequiredOutcome) {
    return Object.assign(new MfaRequired(), { ...required, mfaMethods })
  }
}

@ObjectType({ simpleResolvers: true, description: 'A completed sign-out.' })
export class LogoutPayload {
  @Field(() => ID, {
    nullable: true,
    description: 'The ended session. Null when there was no session to end.',
  })
  sessionId!: string | null
}

@ObjectType({
  simpleResolvers: true,
  description: 'All data that the service stores about a user.',
})
export class AccountData {
  @Field(() => GraphQLJSON, {
    description:
      'Profile, second factors, passkeys, sessions, known networks, e-mails and audit events.',
  })
  json!: object

  @Field(() => GraphQLDateTime, { description: 'When the data was read.' })
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
  types: () => [AuthPayload, MfaRequired, AuthError] as const,
})

export const VerifyMfaResult = createUnionType({
  name: 'VerifyMfaResult',
  description:
    'AuthError codes: INVALID_MFA_CODE (with `attemptsRemaining`), INVALID_CHALLENGE, EMAIL_NOT_VERIFIED, ACCOUNT_DISABLED, SESSION_LIMIT_REACHED.',
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
  description:
    'AuthError codes: INVALID_CREDENTIALS, INVALID_MFA_CODE, INVALID_PASSKEY_RESPONSE, INVALID_CHALLENGE, REAUTHENTICATION_REQUIRED (with `methods`).',
  types: () => [AuthPayload, AuthError] as const,
})

@ObjectType({
  simpleResolvers: true,
  description: 'The configuration of this service for sign-in pages.',
})
export class AuthSettings {
  @Field(() => Boolean, { description: 'Whether registration is open.' })
  registrationOpen!: boolean

  @Field(() => Boolean, {
    description: 'Whether sign-in requires a verified address.',
  })
  emailVerificationRequired!: boolean

  @Field(() => Int, {
    description: 'The minimum length of a password in characters (code points).',
  })
  passwordMinLength!: number

  @Field(() => Int, {
    description: 'The maximum length of a password in characters (code points).',
  })
  passwordMaxLength!: number

  @Field(() => MfaPolicy, {
    description: 'Whether every session needs a second factor.',
  })
  mfaPolicy!: MfaPolicy

  @Field(() => Boolean, {
    description:
      'Whether users can add passkeys and sign in with them. They need https, or localhost.',
  })
  passkeysEnabled!: boolean

  @Field(() => String, {
    nullable: true,
    description:
      'The RP ID, for `PublicKeyCredential.signalAllAcceptedCredentials`. The user handle is base64url of the 16 bytes of the user’s id.',
  })
  passkeyRpId!: string | null
}
