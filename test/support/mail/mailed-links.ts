import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import {
  ConfirmEmailChangeDocument,
  RejectEmailChangeDocument,
  RequestEmailChangeDocument,
  RequestEmailVerificationDocument,
  RequestPasswordResetDocument,
  ResetPasswordDocument,
  VerifyEmailDocument,
  type RejectEmailChangeInput,
  type VerifyEmailInput,
} from '@latchkey/client/operations'
import { call, goodPassword, type CallOptions, type Server } from '../app/client.js'

/** The mutations that mail a link to the given address, and return the same answer for every address. */
export const requestVerification = (server: Server, email: string, options?: CallOptions) =>
  call(server, RequestEmailVerificationDocument, { input: { email } }, options)

export const requestPasswordReset = (server: Server, email: string, options?: CallOptions) =>
  call(server, RequestPasswordResetDocument, { input: { email } }, options)

export const requestEmailChange = (server: Server, token: string | null, newEmail: string) =>
  call(server, RequestEmailChangeDocument, { input: { newEmail } }, { token })

/** The mutations that take the token of the link. */
export const verifyEmail = async (server: Server, input: VerifyEmailInput, options?: CallOptions) =>
  (await expectData(server, VerifyEmailDocument, { input }, options)).verifyEmail

export const anotherPassword = 'another horse entirely'

export async function resetPassword(
  server: Server,
  token: string,
  { newPassword = anotherPassword, ...options }: CallOptions & { newPassword?: string } = {},
) {
  const input = { token, newPassword }
  return (await expectData(server, ResetPasswordDocument, { input }, options)).resetPassword
}

/** With the default test password, unless given another. */
export async function confirmEmailChange(
  server: Server,
  token: string,
  { password = goodPassword, ...options }: CallOptions & { password?: string | null } = {},
) {
  const input = { token, password }
  return (await expectData(server, ConfirmEmailChangeDocument, { input }, options))
    .confirmEmailChange
}

export const rejectEmailChange = async (
  server: Server,
  input: RejectEmailChangeInput,
  options?: CallOptions,
) => (await expectData(server, RejectEmailChangeDocument, { input }, options)).rejectEmailChange

/** The data of an answer without errors, or a test failure that shows them. */
async function expectData<T, V>(
  server: Server,
  document: TypedDocumentNode<T, V>,
  variables: V,
  options?: CallOptions,
): Promise<T> {
  const { data, errors } = await call(server, document, variables, options)
  if (!data || errors.length > 0) throw new Error(`not answered: ${JSON.stringify(errors)}`)
  return data
}
