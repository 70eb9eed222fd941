import {
  ConfirmEmailChangeDocument,
  RejectEmailChangeDocument,
  RequestEmailChangeDocument,
  ResetPasswordDocument,
  VerifyEmailDocument,
  type RejectEmailChangeInput,
} from '@latchkey/client/operations'
import { call, goodPassword, type CallOptions, type Person, type Server } from '../app/client.js'

export const requestEmailChangeAs = (
  app: Server,
  { accessToken: token }: Pick<Person, 'accessToken'>,
  newEmail: string,
  options?: CallOptions,
) => call(app, RequestEmailChangeDocument, { input: { newEmail } }, { token, ...options })

/** Uses a mailed token and returns the outcome in one word: `User`, or the code of the refusal. */
export async function tryResetPassword(app: Server, token: string, newPassword: string) {
  const { data } = await call(app, ResetPasswordDocument, { input: { token, newPassword } })
  return describeResult(data?.resetPassword)
}

export async function tryVerifyEmail(
  app: Server,
  token: string,
  password: string | null,
  options?: CallOptions,
) {
  const { data } = await call(app, VerifyEmailDocument, { input: { token, password } }, options)
  return describeResult(data?.verifyEmail)
}

/** Sends the default test password, unless `password` is given. */
export async function tryConfirmEmailChange(
  app: Server,
  token: string,
  { password = goodPassword, ...options }: CallOptions & { password?: string | null } = {},
) {
  const input = { token, password }
  const { data } = await call(app, ConfirmEmailChangeDocument, { input }, options)
  return describeResult(data?.confirmEmailChange)
}

export async function tryRejectEmailChange(
  app: Server,
  input: RejectEmailChangeInput,
  options?: CallOptions,
) {
  const { data } = await call(app, RejectEmailChangeDocument, { input }, options)
  return describeResult(data?.rejectEmailChange)
}

export const describeResult = (result: { __typename: string; code?: string } | null | undefined) =>
  result?.code ?? result?.__typename ?? 'nothing'
