import type { AuthenticationMethod } from '../../generated/prisma/enums.js'
import type { Tx } from '../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../platform/database/hot-statements.js'

/** The means by which a user can prove their identity now. */
export interface SignInMethods {
  readonly hasPassword: boolean
  /** Whether an authenticator app is enrolled and confirmed. It turns the second factor on. */
  readonly hasTotp: boolean
  readonly passkeys: number
  /** Unused codes. */
  readonly recoveryCodes: number
}

const methodsStatement = {
  name: 'sign-in-methods',
  text: `
    SELECT
      EXISTS (SELECT FROM password_credentials WHERE user_id = $1::uuid) AS "hasPassword",
      EXISTS (SELECT FROM totp_credentials
        WHERE user_id = $1::uuid AND confirmed_at IS NOT NULL) AS "hasTotp",
      (SELECT count(*)::int FROM passkeys WHERE user_id = $1::uuid) AS passkeys,
      (SELECT count(*)::int FROM recovery_codes WHERE user_id = $1::uuid) AS "recoveryCodes"`,
}

/** Call it under the user's lock: code that adds or removes a method takes the same lock. */
export async function readSignInMethods(tx: Tx | QueryFn, userId: string): Promise<SignInMethods> {
  const [row] = await queryOn(tx)<SignInMethods>(methodsStatement, [userId])
  if (!row) throw new Error('The statement of the sign-in methods returned no row.')
  return row
}

/** A method that completes a sign-in after a first factor. */
export type SecondFactorMethod = Exclude<AuthenticationMethod, 'PASSWORD'>

/**
 * The second factors that a user with a password can choose from, most convenient first and recovery codes last. Empty
 * if the password alone is enough. An authenticator app turns the second factor on. A passkey alone does not: its user
 * may want to keep the password for devices without the passkey. Where the service requires a second factor, it does.
 */
export function secondFactorsOf(
  { hasTotp, passkeys, recoveryCodes }: SignInMethods,
  policy: MfaPolicy,
): SecondFactorMethod[] {
  const isOn = hasTotp || (policy === 'required' && passkeys > 0)
  if (!isOn) return []
  return [
    ...(hasTotp ? (['TOTP'] as const) : []),
    ...(passkeys > 0 ? (['PASSKEY'] as const) : []),
    ...(recoveryCodes > 0 ? (['RECOVERY_CODE'] as const) : []),
  ]
}

/** `required`: a session without a second factor can only enrol one. */
export type MfaPolicy = 'optional' | 'required'

/** Every method that can prove presence, alone or together with another one. */
export function presenceMethodsOf(methods: SignInMethods): AuthenticationMethod[] {
  const { hasPassword, hasTotp, passkeys, recoveryCodes } = methods
  const has: Readonly<Record<AuthenticationMethod, boolean>> = {
    PASSWORD: hasPassword,
    TOTP: hasTotp,
    PASSKEY: passkeys > 0,
    RECOVERY_CODE: hasTotp && recoveryCodes > 0,
  }
  return (Object.keys(has) as AuthenticationMethod[]).filter((method) => has[method])
}
