// Clients and gateways are written against schema.graphql. It matches the code, every line has a description, and its
// conventions allow one error handler for a whole client.
import { readFileSync } from 'node:fs'
import {
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  type GraphQLField,
  type GraphQLNamedType,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { formatSchema } from '../scripts/format-schema.js'
import { createSchema } from '../src/compose/schema.js'

const text = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')
const schema = await createSchema([], {}, { federation: true, stitching: true })
const roots = [schema.getQueryType(), schema.getMutationType()]
const [queries = [], mutations = []] = roots.map((root) => Object.values(root?.getFields() ?? {}))
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
)
// Fields for gateways have descriptions like the rest, but the shape that the gateway specification prescribes.
const isOurs = ({ name }: { readonly name: string }) => !name.startsWith('_')

it('schema.graphql matches the code: run `npm run generate`', async () => {
  expect(text).toBe(await formatSchema())
})

describe('a description', () => {
  interface Described {
    readonly location: string
    readonly description: string | null | undefined
  }

  const fieldsOf = (type: GraphQLNamedType): Described[] => {
    if (isEnumType(type)) return type.getValues().map(describeIn(type.name))
    if (isInputObjectType(type)) return Object.values(type.getFields()).map(describeIn(type.name))
    if (!isObjectType(type)) return []
    const fields: GraphQLField<unknown, unknown>[] = Object.values(type.getFields())
    return fields.flatMap((field) => [
      describeIn(type.name)(field),
      ...field.args.map(describeIn(`${type.name}.${field.name}`)),
    ])
  }
  const describeIn =
    (location: string) => (one: { name: string; description?: string | null | undefined }) => ({
      location: `${location}.${one.name}`,
      description: one.description,
    })
  const described = [
    ...types.filter((type) => !roots.some((root) => root === type)).map(describeIn('schema')),
    ...types.flatMap(fieldsOf),
  ]

  it('is on every type, field, argument, input field and enum value', () => {
    expect(described.length).toBeGreaterThan(80)
    const missing = described.filter(({ description }) => !description?.trim())
    expect(missing.map(({ location }) => location)).toEqual([])
  })
})

describe('the roots', () => {
  it.each([...queries, ...mutations].filter(isOurs).map(({ name, type }) => [name, type]))(
    '%s is nullable: its refusal leaves the other fields intact',
    (_, type) => {
      expect(isNonNullType(type)).toBe(false)
    },
  )

  it.each(mutations.map(({ name, args }) => [name, args]))(
    '%s takes no argument, or one input',
    (_, args) => {
      expect([[], ['input']]).toContainEqual(args.map(({ name }) => name))
    },
  )

  // No user action can make these fail, or they must not reveal a failure.
  const infallible = [
    'beginPasskeyLogin',
    'logout',
    'requestEmailVerification',
    'requestPasswordReset',
    'revokeOtherSessions',
  ]
  it.each(
    mutations
      .filter(({ name }) => !infallible.includes(name))
      .map(({ name, type }) => [name, type]),
  )('%s returns a union of all outcomes, including AuthError', (_, type) => {
    const members = isUnionType(type) ? type.getTypes().map(({ name }) => name) : []
    expect(members).toContain('AuthError')
    expect(members.length).toBeGreaterThan(1)
  })
})

describe('a union', () => {
  const unions = types.filter(isUnionType).filter(isOurs)
  const codes = schema.getType('AuthErrorCode')

  it.each(unions.map((union) => [union.name, union]))(
    '%s consists of object types, and names the codes that it can return',
    (_, union) => {
      // Apollo Client drops the fields of a fragment on an interface unless it knows `possibleTypes`.
      for (const member of union.getTypes()) expect(member.getInterfaces()).toEqual([])
      const named = union.description?.match(/[A-Z]+_[A-Z_]+/g) ?? []
      const known = isEnumType(codes) ? codes.getValues().map(({ name }) => name) : []
      expect(named.length).toBeGreaterThan(0)
      expect(known).toEqual(expect.arrayContaining(named))
    },
  )

  // Otherwise a document that selects the field of both members is invalid without an alias (GraphQL §5.3.2).
  it.each(unions.map((union) => [union.name, union]))(
    'fields of one name have one type in all members of %s',
    (_, union) => {
      const typeOf = new Map<string, string>()
      for (const member of union.getTypes()) {
        for (const { name, type } of Object.values(member.getFields())) {
          expect(`${name}: ${type.toString()}`).toBe(
            `${name}: ${typeOf.get(name) ?? type.toString()}`,
          )
          typeOf.set(name, type.toString())
        }
      }
    },
  )
})
