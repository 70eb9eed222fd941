import { Secret, TOTP } from 'otpauth'
import type { TestApp } from './app.js'
import { call, type Person } from './client.js'

/** An enrolled authenticator app, as the person's phone holds it. */
export interface AuthenticatorApp {
  readonly secret: string
  readonly recoveryCodes: readonly string[]
}

/** The code that the app shows now. `step`: so many steps of 30 s later. */
export const totpCode = ({ clock }: Pick<TestApp, 'clock'>, secret: string, step = 0) =>
  TOTP.generate({
    secret: Secret.fromBase32(secret),
    timestamp: clock.now().getTime() + step * 30_000,
  })

export interface Result {
  readonly __typename: string
  readonly code?: string
  readonly [field: string]: unknown
}

const authError = '... on AuthError { code attemptsRemaining methods }'
const authPayload =
  '... on AuthPayload { accessToken refreshToken presenceProof session { id authenticationMethods } }'
const mfaRequired = '... on MfaRequired { challengeToken mfaMethods expiresAt }'

/** The result of one mutation. Step-up operations get the presence proof of the token's session. */
async function mutate(
  app: TestApp,
  document: string,
  input: object,
  token: string | null = null,
): Promise<Result> {
  const { data, errors } = await call<{ result: Result }, object>(
    app,
    document,
    { input },
    { token },
  )
  return data?.result ?? { __typename: String(errors[0]?.extensions['code']) }
}

export const login = (app: TestApp, { email, password }: Person, more: object = {}) =>
  mutate(
    app,
    `mutation ($input: LoginInput!) { result: login(input: $input) { __typename ${authPayload} ${mfaRequired} ${authError} } }`,
    { email, password, ...more },
  )

export const verifyMfa = (app: TestApp, input: object) =>
  mutate(
    app,
    `mutation ($input: VerifyMfaInput!) { result: verifyMfa(input: $input) { __typename ${authPayload} ${authError} } }`,
    input,
  )

export const reauthenticate = (app: TestApp, token: string, input: object) =>
  mutate(
    app,
    `mutation ($input: ReauthenticateInput!) { result: reauthenticate(input: $input) { __typename ${authPayload} ${authError} } }`,
    input,
    token,
  )

export const beginTotp = (app: TestApp, token: string, input: object = {}) =>
  mutate(
    app,
    `mutation ($input: StepUpInput) { result: beginTotpEnrollment(input: $input) { __typename ... on TotpEnrollment { secret otpauthUri qrCode expiresAt } ${authError} } }`,
    input,
    token,
  )

export const confirmTotp = (app: TestApp, token: string, code: string) =>
  mutate(
    app,
    `mutation ($input: ConfirmTotpEnrollmentInput!) { result: confirmTotpEnrollment(input: $input) { __typename ... on TotpEnabled { recoveryCodes user { id mfaMethods recoveryCodesRemaining } } ${authError} } }`,
    { code },
    token,
  )

export const disableTotp = (app: TestApp, token: string, input: object) =>
  mutate(
    app,
    `mutation ($input: DisableTotpInput!) { result: disableTotp(input: $input) { __typename ... on User { mfaMethods recoveryCodesRemaining } ${authError} } }`,
    input,
    token,
  )

export const regenerateRecoveryCodes = (app: TestApp, token: string, input: object = {}) =>
  mutate(
    app,
    `mutation ($input: StepUpInput) { result: regenerateRecoveryCodes(input: $input) { __typename ... on RecoveryCodes { codes } ${authError} } }`,
    input,
    token,
  )

/** Enrols an authenticator app. The clock moves on, so that the next code is of another time step. */
export async function enrollTotp(app: TestApp, { accessToken }: Person): Promise<AuthenticatorApp> {
  const { secret } = (await beginTotp(app, accessToken)) as Result & { secret: string }
  const enabled = await confirmTotp(app, accessToken, totpCode(app, secret))
  if (enabled.__typename !== 'TotpEnabled') throw new Error(JSON.stringify(enabled))
  app.clock.advance('30s')
  return { secret, recoveryCodes: enabled['recoveryCodes'] as string[] }
}

/** Proves the password and returns the token of the challenge. */
export async function beginSignIn(app: TestApp, person: Person, more: object = {}) {
  const result = await login(app, person, more)
  if (result.__typename !== 'MfaRequired') throw new Error(JSON.stringify(result))
  return result['challengeToken'] as string
}

/** Signs in with the password and the current code of the app. */
export async function signInWithTotp(app: TestApp, person: Person, { secret }: AuthenticatorApp) {
  const challengeToken = await beginSignIn(app, person)
  return verifyMfa(app, { challengeToken, method: 'TOTP', code: totpCode(app, secret) })
}
