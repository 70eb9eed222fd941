import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { setTimeout as sleep } from 'node:timers/promises'
import { print } from 'graphql'
import { storePresenceProofs, withPresenceProof } from './presence-proofs.js'
import {
  LoginDocument,
  LogoutDocument,
  MeDocument,
  ReauthenticateDocument,
  RefreshDocument,
  RegisterDocument,
  type RegisterMutation,
} from '@latchkey/client/operations'

export interface Answer<T> {
  readonly status: number
  readonly headers: Headers
  /** The raw body. */
  readonly text: string
  readonly data: T | null | undefined
  readonly errors: { message: string; path?: string[]; extensions: Record<string, unknown> }[]
}

export interface Server {
  readonly url: string
}

export interface CallOptions {
  readonly token?: string | null | undefined
  readonly headers?: Record<string, string>
}

/**
 * Sends one GraphQL request over HTTP. Step-up mutations get the presence proof of the token's session, as in real
 * clients.
 */
export async function call<T, V>(
  { url }: Server,
  document: TypedDocumentNode<T, V> | string,
  variables: V,
  { token, headers = {} }: CallOptions = {},
): Promise<Answer<T>> {
  const query = typeof document === 'string' ? document : print(document)
  const requestBody = { query, variables: withPresenceProof(query, variables, token) }
  const answer = await post<T>({ url }, JSON.stringify(requestBody), {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...headers,
  })
  storePresenceProofs(answer)
  return answer
}

/**
 * Retries a request while the service is busy, as clients do, because a busy refusal executes nothing. A server process
 * hashes at low priority, so a hash can miss the deadline of its request on a busy machine.
 */
export async function callWithRetry<T, V>(...request: Parameters<typeof call<T, V>>) {
  for (let tries = 1; ; tries += 1) {
    const answer = await call(...request)
    const { code, retryAfter } = answer.errors[0]?.extensions ?? {}
    if (code !== 'SERVICE_BUSY' || tries === 20) return answer
    await sleep(Number(retryAfter) * 1_000)
  }
}

/** A POST to /graphql with any body. */
export async function post<T>({ url }: Server, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  return parseResponse<T>(response)
}

export async function parseResponse<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text()
  const body = text ? (JSON.parse(text) as Partial<Answer<T>>) : {}
  const { status, headers } = response
  return { status, headers, text, data: body.data, errors: body.errors ?? [] }
}

let emailCount = 0
export const goodPassword = 'correct horse battery'

/** An address that is new in this test file. */
export const newEmail = () => `person${(emailCount += 1)}@example.com`

type Payload = Extract<RegisterMutation['register'], { __typename: 'AuthPayload' }>

/** A registered person with the tokens of the first session. */
export interface Person {
  readonly email: string
  readonly password: string
  readonly id: string
  readonly sessionId: string
  readonly accessToken: string
  readonly refreshToken: string
  readonly presenceProof: string
}

export async function registerPerson(server: Server, email = newEmail()): Promise<Person> {
  const password = goodPassword
  const { data } = await callWithRetry(server, RegisterDocument, { input: { email, password } })
  return toPerson(getAuthPayload(data?.register), email, password)
}

/** Another session of the same person. */
export async function signIn(
  server: Server,
  { email, password }: Pick<Person, 'email' | 'password'>,
) {
  const { data } = await callWithRetry(server, LoginDocument, { input: { email, password } })
  return toPerson(getAuthPayload(data?.login), email, password)
}

function toPerson(payload: Payload, email: string, password: string): Person {
  const { accessToken, refreshToken, presenceProof, user, session } = payload
  if (!refreshToken || !presenceProof) throw new Error('no refresh token or presence proof')
  const ids = { id: user.id, sessionId: session.id }
  return { email, password, ...ids, accessToken, refreshToken, presenceProof }
}

export async function refresh(server: Server, refreshToken: string, options?: CallOptions) {
  const { data } = await call(server, RefreshDocument, { input: { refreshToken } }, options)
  return data?.refresh
}

export async function logout(server: Server, refreshToken: string | null, options?: CallOptions) {
  const { data } = await call(server, LogoutDocument, { input: { refreshToken } }, options)
  return data?.logout
}

export const me = (server: Server, token: string | null, options?: CallOptions) =>
  call(server, MeDocument, {}, { token, ...options })

/** Proves presence again in the person's session. Later step-up operations use the new proof. */
export async function reauthenticate(
  server: Server,
  { accessToken: token, password }: Pick<Person, 'accessToken' | 'password'>,
) {
  const { data } = await call(server, ReauthenticateDocument, { input: { password } }, { token })
  return getAuthPayload(data?.reauthenticate)
}

type MutationResult = { __typename: string } | null | undefined

/** The success of a result, or a test failure that shows the actual one. */
export function getAuthPayload<R extends MutationResult>(
  result: R,
): Extract<R, { __typename: 'AuthPayload' }> {
  if (result?.__typename === 'AuthPayload')
    return result as Extract<R, { __typename: 'AuthPayload' }>
  throw new Error(`not an AuthPayload: ${JSON.stringify(result)}`)
}

/** The code of a failed result, or a test failure. */
export function getAuthError<R extends MutationResult>(
  result: R,
): Extract<R, { __typename: 'AuthError' }> {
  if (result?.__typename === 'AuthError') return result as Extract<R, { __typename: 'AuthError' }>
  throw new Error(`not an AuthError: ${JSON.stringify(result)}`)
}

/** The reason of UNAUTHENTICATED for `me`, or undefined if it succeeded. */
export async function getRefusalReason(server: Server, token: string | null) {
  const { errors } = await me(server, token)
  return errors[0]?.extensions['reason']
}
