import { call, type CallOptions, type Person, type Server } from './client.js'
import { createAuthenticator, type Authenticator, type Lie } from './authenticator.js'

/** The result of a mutation: a member of its union, or the code of a failed request as `code`. */
export interface Result {
  readonly __typename?: string
  readonly code?: string
  readonly [field: string]: unknown
}

export interface Begun {
  readonly challengeToken: string
  readonly options: object
}

const payload = `
  ... on AuthPayload {
    accessToken refreshToken presenceProof session { id authenticationMethods } user { id }
  }`
const failure = '... on AuthError { code problems { path message } methods attemptsRemaining }'
const passkey = 'id credentialId name backedUp transports createdAt lastUsedAt'
const challenge = 'challengeToken options expiresAt'

const documents = {
  beginPasskeyRegistration: `mutation ($input: BeginPasskeyRegistrationInput) {
    beginPasskeyRegistration(input: $input) { __typename ... on PasskeyChallenge { ${challenge} } ${failure} } }`,
  finishPasskeyRegistration: `mutation ($input: FinishPasskeyRegistrationInput!) {
    finishPasskeyRegistration(input: $input) { __typename ... on Passkey { ${passkey} } ${failure} } }`,
  beginPasskeyLogin: `mutation { beginPasskeyLogin { __typename ${challenge} } }`,
  finishPasskeyLogin: `mutation ($input: FinishPasskeyLoginInput!) {
    finishPasskeyLogin(input: $input) { __typename ${payload} ${failure} } }`,
  renamePasskey: `mutation ($input: RenamePasskeyInput!) {
    renamePasskey(input: $input) { __typename ... on Passkey { ${passkey} } ${failure} } }`,
  deletePasskey: `mutation ($input: DeletePasskeyInput!) {
    deletePasskey(input: $input) { __typename ... on Deleted { id } ${failure} } }`,
  reauthenticate: `mutation ($input: ReauthenticateInput!) {
    reauthenticate(input: $input) { __typename ${payload} ${failure} } }`,
  login: `mutation ($input: LoginInput!) {
    login(input: $input) { __typename ${payload} ${failure}
      ... on MfaRequired { challengeToken mfaMethods passkeyOptions } } }`,
  verifyMfa: `mutation ($input: VerifyMfaInput!) {
    verifyMfa(input: $input) { __typename ${payload} ${failure} } }`,
}

type Mutation = keyof typeof documents

/** The document of a mutation with all fields that tests of passkeys read. */
export const documentOf = (mutation: Mutation) => documents[mutation]

/** Calls a mutation and returns its result, or the code of the error that the request failed with. */
export async function run(
  app: Server,
  mutation: Mutation,
  input: object | null,
  token: string | null = null,
  options: CallOptions = {},
): Promise<Result> {
  const variables = input ? { input } : {}
  const answer = await call<Record<string, Result | null>, object>(
    app,
    documents[mutation],
    variables,
    { ...options, token },
  )
  const [error] = answer.errors
  if (error) return { code: String(error.extensions['code']), message: error.message }
  const result = answer.data?.[mutation]
  if (!result) throw new Error(`${mutation} answered ${answer.text}`)
  return result
}

/** The code of a refusal, else the type. */
export const outcomeOf = ({ code, __typename }: Result) => code ?? __typename

const toBegun = (result: Result): Begun => {
  if (result.__typename !== 'PasskeyChallenge') throw new Error(JSON.stringify(result))
  return result as unknown as Begun
}

/** Begins a registration in the person's session. */
export const beginRegistration = async (
  app: Server,
  { accessToken }: Pick<Person, 'accessToken'>,
  input: object = {},
) => toBegun(await run(app, 'beginPasskeyRegistration', input, accessToken))

export const beginLogin = async (app: Server) => toBegun(await run(app, 'beginPasskeyLogin', null))

/** Adds a passkey to the person's account. */
export async function addPasskey(
  app: Server,
  person: Pick<Person, 'accessToken'>,
  { authenticator = createAuthenticator(), input = {}, lie = {} }: AddPasskeyOptions = {},
) {
  const { challengeToken, options } = await beginRegistration(app, person, input)
  const response = authenticator.create(options, lie)
  const finish = { challengeToken, response }
  const result = await run(app, 'finishPasskeyRegistration', finish, person.accessToken)
  if (result.__typename !== 'Passkey') throw new Error(JSON.stringify(result))
  return { authenticator, passkey: result as unknown as ShownPasskey }
}

interface AddPasskeyOptions {
  readonly authenticator?: Authenticator
  readonly input?: object
  readonly lie?: Lie
}

interface ShownPasskey {
  readonly id: string
  readonly credentialId: string
  readonly name: string
  readonly backedUp: boolean
  readonly transports: string[]
  readonly lastUsedAt: string | null
}

/** Signs in with the newest passkey of the authenticator. */
export async function signInWithPasskey(
  app: Server,
  authenticator: Authenticator,
  { lie = {}, input = {} }: { lie?: Lie; input?: object } = {},
) {
  const { challengeToken, options } = await beginLogin(app)
  const response = authenticator.get(options, lie)
  return run(app, 'finishPasskeyLogin', { challengeToken, response, ...input })
}

/** Proves presence with a passkey. Later step-up operations of the session use the new proof. */
export async function reauthenticateWithPasskey(
  app: Server,
  { accessToken }: Pick<Person, 'accessToken'>,
  authenticator: Authenticator,
  lie: Lie = {},
) {
  const { challengeToken: passkeyChallengeToken, options } = await beginLogin(app)
  const input = { passkeyChallengeToken, passkeyResponse: authenticator.get(options, lie) }
  return run(app, 'reauthenticate', input, accessToken)
}
