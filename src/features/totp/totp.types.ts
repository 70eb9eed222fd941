import { createUnionType, Field, InputType, ObjectType } from 'type-graphql'
import { presenceProof } from '../credentials/index.js'
import { User } from '../users/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { GraphQLDateTime } from '../../platform/graphql/scalars.js'

@ObjectType({
  simpleResolvers: true,
  description: 'The secret for an authenticator app. It counts only after a code confirms it.',
})
export class TotpEnrollment {
  @Field(() => String, {
    description: 'In base32, for people who type it. The service shows it only now.',
  })
  secret!: string

  @Field(() => String, { description: 'Opens an authenticator app on the same device.' })
  otpauthUri!: string

  @Field(() => String, {
    description:
      'The URI as a QR code: an SVG image as a data URL. Your page needs `img-src data:`.',
  })
  qrCode!: string

  @Field(() => GraphQLDateTime, { description: 'Until then a code can confirm it.' })
  expiresAt!: Date
}

@ObjectType({ simpleResolvers: true, description: 'A confirmed authenticator app.' })
export class TotpEnabled {
  @Field(() => User, { description: 'The signed-in user.' })
  user!: User

  @Field(() => [String], {
    nullable: true,
    description: 'Ten recovery codes, shown only now. Null if the user already has unused ones.',
  })
  recoveryCodes!: readonly string[] | null
}

@InputType({ description: 'A code of the new authenticator app.' })
export class ConfirmTotpEnrollmentInput {
  @Field(() => String, { description: 'Six digits. Spaces and dashes do not matter.' })
  code!: string
}

@InputType({ description: 'The proofs for removing the authenticator app.' })
export class DisableTotpInput {
  @Field(() => String, { description: 'A code of the app, or a recovery code.' })
  code!: string

  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null
}

export const BeginTotpEnrollmentResult = createUnionType({
  name: 'BeginTotpEnrollmentResult',
  description: 'AuthError codes: MFA_ALREADY_ENABLED, REAUTHENTICATION_REQUIRED.',
  types: () => [TotpEnrollment, AuthError] as const,
})

export const ConfirmTotpEnrollmentResult = createUnionType({
  name: 'ConfirmTotpEnrollmentResult',
  description: 'AuthError codes: INVALID_MFA_CODE, INVALID_CHALLENGE.',
  types: () => [TotpEnabled, AuthError] as const,
})

export const DisableTotpResult = createUnionType({
  name: 'DisableTotpResult',
  description: 'AuthError codes: INVALID_MFA_CODE, MFA_NOT_ENABLED, REAUTHENTICATION_REQUIRED.',
  types: () => [User, AuthError] as const,
})
