// schema.graphql is what clients and gateways are written against: it is what the code says, every line of it
// is explained, and it keeps the conventions that let one error handler serve a whole client.
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
// What gateways ask for is explained like the rest, but has the shape that they prescribe.
const isOurs = ({ name }: { readonly name: string }) => !name.startsWith('_')

it('schema.graphql is what the code says: run `npm run generate`', async () => {
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
    '%s is nullable: its refusal takes no neighbour along',
    (_, type) => {
      expect(isNonNullType(type)).toBe(false)
    },
  )

  it.each(mutations.map(({ name, args }) => [name, args]))(
    '%s takes nothing, or one input',
    (_, args) => {
      expect([[], ['input']]).toContainEqual(args.map(({ name }) => name))
    },
  )

  // These cannot fail by anything that a person does, or must not tell.
  const infallible = [
    'logout',
    'requestEmailVerification',
    'requestPasswordReset',
    'revokeOtherSessions',
  ]
  it.each(
    mutations
      .filter(({ name }) => !infallible.includes(name))
      .map(({ name, type }) => [name, type]),
  )('%s returns a union of what can happen, AuthError among it', (_, type) => {
    const members = isUnionType(type) ? type.getTypes().map(({ name }) => name) : []
    expect(members).toContain('AuthError')
    expect(members.length).toBeGreaterThan(1)
  })
})

describe('a union', () => {
  const unions = types.filter(isUnionType).filter(isOurs)
  const codes = schema.getType('AuthErrorCode')

  it.each(unions.map((union) => [union.name, union]))(
    '%s is of object types, and names the codes that it can give',
    (_, union) => {
      // Apollo Client drops the fields of an interface's fragment unless it is told `possibleTypes`.
      for (const member of union.getTypes()) expect(member.getInterfaces()).toEqual([])
      const named = union.description?.match(/[A-Z]+_[A-Z_]+/g) ?? []
      const known = isEnumType(codes) ? codes.getValues().map(({ name }) => name) : []
      expect(named.length).toBeGreaterThan(0)
      expect(known).toEqual(expect.arrayContaining(named))
    },
  )
})
