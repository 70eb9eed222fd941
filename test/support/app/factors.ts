import { Secret, TOTP } from 'otpauth'
import type { TestApp } from './app.js'
import { call, type Answer, type CallOptions, type Person, type Server } from './client.js'

/** One time step of a code (RFC 6238). */
const stepMs = 30_000

/** The code that an authenticator app shows at this time. `steps`: how many steps its clock is ahead. */
export const totpCode = (secret: string, at: Date, steps = 0) =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: at.getTime() + steps * stepMs })

/** The next code of the app that was not used before: moves the clock to the next time step. */
export function nextTotpCode({ clock }: TestApp, secret: string) {
  clock.advance('30s')
  return totpCode(secret, clock.now())
}

/** Six digits that are wrong now and in the steps around. */
export function wrongTotpCode(secret: string, at: Date) {
  const right = new Set([-2, -1, 0, 1, 2].map((steps) => totpCode(secret, at, steps)))
  const wrong = ['000000', '000001', '000002', '000003', '000004', '000005']
  return wrong.find((code) => !right.has(code)) ?? ''
}

/** A member of a union, with the fields that tests look at. */
export interface FactorResult {
  readonly __typename: string
  readonly code?: string
  readonly methods?: string[]
  readonly attemptsRemaining?: number | null
  readonly challengeToken?: string
  readonly mfaMethods?: string[]
  readonly expiresAt?: string
  readonly secret?: string
  readonly otpauthUri?: string
  readonly qrCode?: string
  readonly recoveryCodes?: string[] | null
  readonly codes?: string[]
  readonly accessToken?: string
  readonly refreshToken?: string | null
  readonly presenceProof?: string
  readonly user?: {
    readonly id: string
    readonly mfaMethods?: string[]
    readonly recoveryCodesRemaining?: number
  }
  readonly session?: { readonly id: string; readonly authenticationMethods: string[] }
}

const failure = '... on AuthError { code methods attemptsRemaining }'
const payload =
  '... on AuthPayload { accessToken refreshToken presenceProof user { id } session { id authenticationMethods } }'
const enrollment = '... on TotpEnrollment { secret otpauthUri qrCode expiresAt }'

/** The documents that the tests of second factors send. */
export const factorDocuments = {
  login: `mutation ($input: LoginInput!) { result: login(input: $input) { __typename ${payload} ... on MfaRequired { challengeToken mfaMethods expiresAt } ${failure} } }`,
  verifyMfa: `mutation ($input: VerifyMfaInput!) { result: verifyMfa(input: $input) { __typename ${payload} ${failure} } }`,
  reauthenticate: `mutation ($input: ReauthenticateInput!) { result: reauthenticate(input: $input) { __typename ${payload} ${failure} } }`,
  beginTotpEnrollment: `mutation ($input: StepUpInput) { result: beginTotpEnrollment(input: $input) { __typename ${enrollment} ${failure} } }`,
  confirmTotpEnrollment: `mutation ($input: ConfirmTotpEnrollmentInput!) { result: confirmTotpEnrollment(input: $input) { __typename ... on TotpEnabled { recoveryCodes user { id mfaMethods recoveryCodesRemaining } } ${failure} } }`,
  disableTotp: `mutation ($input: DisableTotpInput!) { result: disableTotp(input: $input) { __typename ... on User { id mfaMethods recoveryCodesRemaining } ${failure} } }`,
  regenerateRecoveryCodes: `mutation ($input: StepUpInput) { result: regenerateRecoveryCodes(input: $input) { __typename ... on RecoveryCodes { codes } ${failure} } }`,
} as const

/** Sends one of these operations and returns the whole answer. */
export const sendFactor = (
  server: Server,
  name: keyof typeof factorDocuments,
  input: object,
  options?: CallOptions,
): Promise<Answer<{ result: FactorResult | null }>> =>
  call<{ result: FactorResult | null }, object>(server, factorDocuments[name], { input }, options)

/** Sends one of these operations. A failure of the request, such as RATE_LIMITED, fails the test. */
export async function callFactor(
  server: Server,
  name: keyof typeof factorDocuments,
  input: object,
  options?: CallOptions,
): Promise<FactorResult> {
  const { data, errors } = await sendFactor(server, name, input, options)
  if (!data?.result) throw new Error(`${name} failed: ${JSON.stringify(errors)}`)
  return data.result
}

/** The code of a refusal or failure, or the type of a success. */
export async function factorOutcome(...request: Parameters<typeof sendFactor>) {
  const { data, errors } = await sendFactor(...request)
  const code = errors[0]?.extensions['code'] as string | undefined
  return code ?? data?.result?.code ?? data?.result?.__typename
}

type Fields = Required<{ [Name in keyof FactorResult]: NonNullable<FactorResult[Name]> }>

/** The fields of a result, or a test failure that shows the actual one. */
function fieldsOf<Name extends keyof FactorResult>(
  result: FactorResult,
  ...names: Name[]
): Pick<Fields, Name> {
  if (names.some((name) => (result[name] ?? null) === null)) {
    throw new Error(`${JSON.stringify(result)} lacks ${names.join(', ')}`)
  }
  return result as Pick<Fields, Name>
}

type Owner = Pick<Person, 'accessToken'>

/** Begins the enrolment of an authenticator app. The person has a recent presence proof. */
export async function beginTotp(app: TestApp, { accessToken: token }: Owner) {
  const result = await callFactor(app, 'beginTotpEnrollment', {}, { token })
  return fieldsOf(result, 'secret', 'otpauthUri', 'qrCode', 'expiresAt')
}

/** A person with an authenticator app. */
export interface EnrolledPerson extends Person {
  /** In base32. */
  readonly secret: string
  readonly recoveryCodes: readonly string[]
}

/** Enrols an authenticator app for a person with a recent presence proof. Use `nextTotpCode` for the next code. */
export async function enrollTotp<P extends Person>(app: TestApp, person: P) {
  const { secret } = await beginTotp(app, person)
  const code = totpCode(secret, app.clock.now())
  const token = person.accessToken
  const result = await callFactor(app, 'confirmTotpEnrollment', { code }, { token })
  if (result.__typename !== 'TotpEnabled') throw new Error(`not enabled: ${JSON.stringify(result)}`)
  return { ...person, secret, recoveryCodes: result.recoveryCodes ?? [] }
}

type Login = Pick<Person, 'email' | 'password'>

/** Proves the password. Returns the challenge for the second factor. */
export async function beginSignIn(
  server: Server,
  { email, password }: Login,
  options?: CallOptions,
) {
  const result = await callFactor(server, 'login', { email, password }, options)
  return fieldsOf(result, 'challengeToken', 'mfaMethods', 'expiresAt')
}

/** Another session of a person who has an authenticator app. */
export async function signInWithTotp<P extends Login & { readonly secret: string }>(
  app: TestApp,
  person: P,
) {
  const { challengeToken } = await beginSignIn(app, person)
  const code = nextTotpCode(app, person.secret)
  const result = await callFactor(app, 'verifyMfa', { challengeToken, method: 'TOTP', code })
  return { ...person, ...toSession(result) }
}

/** The session of a completed sign-in. */
export function toSession(result: FactorResult) {
  const names = ['accessToken', 'refreshToken', 'presenceProof', 'user', 'session'] as const
  const { accessToken, refreshToken, presenceProof, user, session } = fieldsOf(result, ...names)
  return { accessToken, refreshToken, presenceProof, id: user.id, sessionId: session.id }
}

/** Proves presence again with the password and a code. */
export async function reauthenticateWithTotp(
  app: TestApp,
  { accessToken: token, password, secret }: EnrolledPerson,
) {
  const totpCode = nextTotpCode(app, secret)
  const result = await callFactor(app, 'reauthenticate', { password, totpCode }, { token })
  return fieldsOf(result, 'accessToken', 'presenceProof')
}
