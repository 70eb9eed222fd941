import { readFileSync } from 'node:fs'
import {
  buildSchema,
  getNamedType,
  isObjectType,
  isUnionType,
  type GraphQLNamedType,
} from 'graphql'
import type { TestApp } from './app.js'
import type { Person } from './client.js'
import { mutations } from './mutation-examples.js'

const file = new URL('../../../schema.graphql', import.meta.url)
const fields = buildSchema(readFileSync(file, 'utf8')).getMutationType()?.getFields() ?? {}

export { nextPassword } from './mutation-examples.js'

export const mutationNames = Object.keys(fields)

/** One operation, ready to be sent. */
export interface Operation {
  readonly query: string
  readonly variables: { readonly input?: object }
  /** The access token to send. */
  readonly token: string | null
}

/** The names of the types that a successful request returns. */
export function successTypesOf(name: string): string[] {
  const field = fields[name]
  return field ? typeNamesOf(getNamedType(field.type)).filter((each) => each !== 'AuthError') : []
}

const typeNamesOf = (type: GraphQLNamedType) =>
  isUnionType(type) ? type.getTypes().map((member) => member.name) : [type.name]

/** An example operation for this person. A new mutation in the schema needs a row in mutation-examples.ts. */
export async function createExampleOperation(
  name: string,
  app: TestApp,
  person: Person,
): Promise<Operation> {
  const example = await mutations[name]?.example(app, person)
  if (!example) throw new Error(`test/support/app/mutation-examples.ts has no ${name}`)
  const { input, sendsToken = false } = example
  return {
    query: buildDocument(name, input !== undefined),
    variables: input ? { input } : {},
    token: sendsToken ? person.accessToken : null,
  }
}

const selections: Readonly<Record<string, string>> = {
  AuthError: 'code',
  AuthPayload: 'accessToken user { id pendingEmail sessions { totalCount } }',
  User: 'id pendingEmail sessions { totalCount }',
}

/** Selects the outcome of the mutation as `result`. */
export function buildDocument(name: string, hasInput: boolean) {
  const field = fields[name]
  if (!field) throw new Error(`the schema has no mutation ${name}`)
  const { args, type } = field
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
