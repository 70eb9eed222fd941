import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import {
  buildSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
} from 'graphql'
import { naughty } from './naughty-strings.js'

const file = new URL('../../../schema.graphql', import.meta.url)
const schema = buildSchema(readFileSync(file, 'utf8'))

export interface RandomRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

const code = '(globalThis.injected=true,0)'
const strings = fc.oneof(
  fc.constantFrom(...naughty),
  fc.constantFrom(code, `"+${code}+"`, `\`\${${code}}\``, `*/${code}/*`, `\n${code}//`),
)
const names = fc.constantFrom('a', 'b', 'id', '__proto__', 'constructor', 'toString', '$', 'eval')
const directives = fc.constantFrom(
  ...['', '', '', '@include(if: $yes)', '@skip(if: $no)', '@skip(if: false)', '@include(if: true)'],
)
const oneIn = (n: number) => fc.nat(n - 1).map((value) => value === 0)

/** Mostly of the right type, because a document with a wrong type is refused before it runs. */
function literalOf(type: GraphQLInputType, depth = 0): fc.Arbitrary<string> {
  const named = getNullableType(type)
  if (isListType(named)) {
    const item = named.ofType
    return fc.array(literalOf(item, depth + 1), { maxLength: 2 }).map((all) => `[${all.join()}]`)
  }
  if (isEnumType(named)) return fc.constantFrom(...named.getValues().map(({ name }) => name), 'X')
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields()).map((field) =>
      literalOf(field.type, depth + 1).map((value) => `${field.name}: ${value}`),
    )
    return fc.tuple(...fields).map((all) => `{ ${all.join(', ')} }`)
  }
  const other = fc.constantFrom('$text', '$number', 'null', '1', '-1.5', 'true', '""', '{}', 'X')
  const fitting = /Int/.test(named.toString())
    ? fc.nat(9).map(String)
    : strings.map((text) => JSON.stringify(text.toWellFormed()))
  return oneIn(6).chain((isOther) => (isOther ? other : fitting))
}

function fieldOf(field: GraphQLField<unknown, unknown>, depth: number): fc.Arbitrary<string> {
  const args = fc.tuple(
    ...field.args.map(({ name, type }) => literalOf(type).map((value) => `${name}: ${value}`)),
  )
  const alias = oneIn(4).chain((has) => (has ? names.map((name) => `${name}: `) : fc.constant('')))
  return fc
    .tuple(alias, args, directives, selectionOf(getNamedType(field.type), depth + 1))
    .map(([before, given, directive, selection]) => {
      const passed = given.length > 0 ? `(${given.join(', ')})` : ''
      return `${before}${field.name}${passed} ${directive} ${selection}`
    })
}

function selectionOf(type: GraphQLNamedType, depth: number): fc.Arbitrary<string> {
  if (isUnionType(type)) {
    return fc.tuple(...type.getTypes().map((one) => selectionOf(one, depth))).map((all) => {
      const parts = type.getTypes().map(({ name }, i) => `... on ${name} ${all[i] ?? ''}`)
      return `{ __typename ${parts.join(' ')} }`
    })
  }
  if (!isObjectType(type)) return fc.constant('')
  const fields = Object.values(type.getFields()).filter(
    (field) => depth < 4 || !isObjectType(getNamedType(field.type)),
  )
  const one = fc.constantFrom(...fields).chain((field) => fieldOf(field, depth))
  return fc
    .array(fc.oneof(one, fc.constant('__typename'), fc.constant('...F')), {
      minLength: 1,
      maxLength: 3,
    })
    .map((all) => `{ ${all.join(' ')} }`)
}

const operation = fc.constantFrom('Query', 'Query', 'Mutation').chain((name) => {
  const root = schema.getType(name)
  if (!isObjectType(root)) throw new Error(`there is no type ${name}`)
  return selectionOf(root, 0).map((selection) => [name, selection] as const)
})

/** Documents of this schema with fragments, directives, variables and strings that look like code. Most of them run. */
export const randomRequests: fc.Arbitrary<RandomRequest> = fc
  .tuple(operation, strings, fc.constantFrom<unknown>(1, 0, null, '1', 1e9), strings)
  .map(([[name, selection], text, number, comment]) => {
    const fragment = `fragment F on ${name} { __typename }`
    const declared =
      '($text: String = "x", $number: Int = 1, $yes: Boolean = true, $no: Boolean = false)'
    const used = ['text', 'number', 'yes', 'no'].filter((one) => selection.includes(`$${one}`))
    const parts = declared
      .slice(1, -1)
      .split(', ')
      .filter((part) => used.some((one) => part.startsWith(`$${one}:`)))
    const head = `${name.toLowerCase()} O ${parts.length > 0 ? `(${parts.join(', ')})` : ''}`
    const spread = selection.replace(/\.\.\.F(?! )|\.\.\.F /g, '... { __typename } ')
    const query = `${head} { ...F ${spread.slice(1)} ${fragment} # ${comment.replace(/[\n\r]/g, ' ')}`
    return {
      query,
      variables: {
        ...(used.includes('text') && { text }),
        ...(used.includes('number') && { number }),
      },
    }
  })
