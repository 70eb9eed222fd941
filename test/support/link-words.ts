import {
  ConfirmEmailChangeDocument,
  RequestEmailChangeDocument,
  ResetPasswordDocument,
  VerifyEmailDocument,
} from '../../src/generated/operations.js'
import { call, type CallOptions, type Person, type Server } from './client.js'

export const requestChange = (
  app: Server,
  { accessToken: token }: Pick<Person, 'accessToken'>,
  newEmail: string,
  options?: CallOptions,
) => call(app, RequestEmailChangeDocument, { input: { newEmail } }, { token, ...options })

/** What using a mailed token came to, in one word: `User`, or the code of the refusal. */
export async function resetBy(app: Server, token: string, newPassword: string) {
  const { data } = await call(app, ResetPasswordDocument, { input: { token, newPassword } })
  return wordOf(data?.resetPassword)
}

export async function verifyBy(
  app: Server,
  token: string,
  password: string | null,
  options?: CallOptions,
) {
  const { data } = await call(app, VerifyEmailDocument, { input: { token, password } }, options)
  return wordOf(data?.verifyEmail)
}

export async function confirmBy(app: Server, token: string, options?: CallOptions) {
  const { data } = await call(app, ConfirmEmailChangeDocument, { input: { token } }, options)
  return wordOf(data?.confirmEmailChange)
}

export const wordOf = (result: { __typename: string; code?: string } | null | undefined) =>
  result?.code ?? result?.__typename ?? 'nothing'
