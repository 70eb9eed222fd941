import { createUnionType, Extensions, Field, InputType } from 'type-graphql'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { label } from '../../platform/graphql/check-variables.js'
import { GraphQLJSON } from '../../platform/graphql/scalars.js'
import { deviceName, RefreshTokenTransport } from './auth-input.types.js'
import { AuthPayload } from './auth.types.js'

@InputType({ description: 'The response of the browser to `beginPasskeyLogin`.' })
export class FinishPasskeyLoginInput {
  @Field(() => String, { description: 'From `beginPasskeyLogin`.' })
  challengeToken!: string

  @Field(() => GraphQLJSON, {
    description: 'The result of `toJSON()` of the `PublicKeyCredential`.',
  })
  response!: unknown

  @Field(() => RefreshTokenTransport, {
    defaultValue: RefreshTokenTransport.BODY,
    description: 'Where the refresh token is put.',
  })
  refreshTokenTransport!: RefreshTokenTransport

  @Extensions(label)
  @Field(() => String, { nullable: true, description: deviceName })
  deviceName?: string | null
}

export const FinishPasskeyLoginResult = createUnionType({
  name: 'FinishPasskeyLoginResult',
  description:
    'AuthError codes: UNKNOWN_PASSKEY, INVALID_PASSKEY_RESPONSE, INVALID_CHALLENGE, EMAIL_NOT_VERIFIED, ACCOUNT_DISABLED, SESSION_LIMIT_REACHED.',
  types: () => [AuthPayload, AuthError] as const,
})
