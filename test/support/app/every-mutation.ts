import { readFileSync } from 'node:fs'
import {
  buildSchema,
  getNamedType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLNamedType,
} from 'graphql'
import type { TestApp } from './app.js'
import { newEmail, signIn, type Person } from './client.js'
import { askedChange } from '../mail/email-changes.js'
import { requestChange } from '../mail/link-words.js'
import { tokenFor } from '../mail/mail.js'
import { askForReset } from '../mail/mailed-links.js'

const file = new URL('../../../schema.graphql', import.meta.url)
const fields = buildSchema(readFileSync(file, 'utf8')).getMutationType()?.getFields() ?? {}

export const mutationNames = Object.keys(fields)

/** One operation, ready to be sent. */
export interface Operation {
  readonly query: string
  readonly variables: { readonly input?: object }
  /** The access token to send along. */
  readonly token: string | null
}

interface Example {
  readonly input?: object
  /** Whether the access token of the person goes along. */
  readonly signedIn?: boolean
}

export const nextPassword = 'another horse entirely'

/** For each mutation what a person sends who succeeds with it. */
const examples: Record<string, (app: TestApp, person: Person) => Promise<Example> | Example> = {
  register: (_, { password }) => ({ input: { email: newEmail(), password } }),
  login: (_, { email, password }) => ({ input: { email, password } }),
  refresh: (_, { refreshToken }) => ({ input: { refreshToken } }),
  logout: (_, { refreshToken }) => ({ input: { refreshToken } }),
  reauthenticate: (_, { password }) => ({ input: { password }, signedIn: true }),
  changePassword: (_, { password: currentPassword }) => ({
    input: { currentPassword, newPassword: nextPassword },
    signedIn: true,
  }),
  requestEmailVerification: (_, { email }) => ({ input: { email } }),
  requestPasswordReset: (_, { email }) => ({ input: { email } }),
  requestEmailChange: (_, { presenceProof }) => ({
    input: { newEmail: newEmail(), presenceProof },
    signedIn: true,
  }),
  verifyEmail: async (app, { email, password }) => ({
    input: { token: await tokenFor(app, email), password },
  }),
  resetPassword: async (app, { email }) => {
    await app.deliver()
    await askForReset(app, email)
    return { input: { token: await tokenFor(app, email), newPassword: nextPassword } }
  },
  confirmEmailChange: async (app, person) => {
    const email = newEmail()
    await requestChange(app, person, email)
    return { input: { token: await tokenFor(app, email) }, signedIn: true }
  },
  rejectEmailChange: async (app, person) => {
    const { rejectToken: token } = await askedChange(app, person)
    return { input: { token, confirmEmail: person.email } }
  },
  exportAccountData: (_, { presenceProof }) => ({ input: { presenceProof }, signedIn: true }),
  updateProfile: () => ({ input: { name: 'Ana' }, signedIn: true }),
  deleteAccount: (_, { email: confirmEmail, presenceProof }) => ({
    input: { confirmEmail, presenceProof },
    signedIn: true,
  }),
  revokeSession: async (app, person) => {
    const { sessionId } = await signIn(app, person)
    return { input: { sessionId }, signedIn: true }
  },
  revokeOtherSessions: () => ({ signedIn: true }),
}

/** What this person sends. A mutation that is new in the schema needs a line above. */
export async function exampleOf(name: string, app: TestApp, person: Person): Promise<Operation> {
  const field = fields[name]
  const example = await examples[name]?.(app, person)
  if (!field || !example) throw new Error(`test/support/app/every-mutation.ts has no ${name}`)
  const { input, signedIn = false } = example
  return {
    query: documentFor(field, input !== undefined),
    variables: input ? { input } : {},
    token: signedIn ? person.accessToken : null,
  }
}

const selections: Readonly<Record<string, string>> = {
  AuthError: 'code',
  AuthPayload: 'accessToken user { id pendingEmail sessions { totalCount } }',
  User: 'id pendingEmail sessions { totalCount }',
}

function documentFor({ name, args, type }: GraphQLField<unknown, unknown>, hasInput: boolean) {
  const [input] = args
  const declared = hasInput && input ? `($input: ${input.type.toString()})` : ''
  const passed = hasInput ? '(input: $input)' : ''
  return `mutation ${declared} { result: ${name}${passed}${selectionOf(getNamedType(type))} }`
}

function selectionOf(type: GraphQLNamedType) {
  if (isObjectType(type)) return ` { __typename ${selections[type.name] ?? ''} }`
  if (!isUnionType(type)) return ''
  const parts = type.getTypes().map(({ name }) => {
    const selection = selections[name]
    return selection ? `... on ${name} { ${selection} }` : ''
  })
  return ` { __typename ${parts.join(' ')} }`
}
