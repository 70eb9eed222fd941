import { readFileSync } from 'node:fs'
import {
  buildSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql'

const file = new URL('../../../schema.graphql', import.meta.url)
const schema = buildSchema(readFileSync(file, 'utf8'))

/** A position in the schema that takes a client value, with a request that puts one there. */
export interface InputPosition {
  /** For example `login.input.email`. */
  readonly name: string
  /** The field at the root of the operation, for example `login`. */
  readonly root: string
  /** The scalar or enum, for example `EmailAddress`. */
  readonly type: string
  readonly document: string
  /** The variables with `value` in this position. Other required positions take the value of their name. */
  readonly variables: (value: unknown, otherValues: OtherValues) => Record<string, unknown>
}

/** Values by field name. Fields without one use the default of their type. */
type OtherValues = Readonly<Record<string, unknown>>

interface Path {
  readonly operation: 'query' | 'mutation'
  readonly fields: readonly GraphQLField<unknown, unknown>[]
}

/** Every scalar and enum that any operation takes. */
export function inputPositions(): InputPosition[] {
  const roots = { query: schema.getQueryType(), mutation: schema.getMutationType() }
  return (['query', 'mutation'] as const)
    .flatMap((operation) => pathsFrom(roots[operation], { operation, fields: [] }))
    .flatMap((path) => path.fields.at(-1)?.args.flatMap((arg) => positionsAt(path, arg)) ?? [])
}

/** The shortest document of each mutation that needs no input, by the name of the mutation. */
export const inputlessMutations = () =>
  new Map(
    Object.values(schema.getMutationType()?.getFields() ?? {})
      .filter(({ args }) => !args.some(isRequiredArgument))
      .map(({ name, type }) => [name, `mutation { ${name}${selectionOf(type)} }`]),
  )

const selectionOf = (type: GraphQLOutputType) =>
  isCompositeType(getNamedType(type)) ? ' { __typename }' : ''

const maxDepth = 3

/** The root fields; for queries also the fields below, whose arguments are input as well. */
function pathsFrom(type: GraphQLObjectType | null | undefined, path: Path): Path[] {
  return Object.values(type?.getFields() ?? {}).flatMap((field) => {
    const fields = [...path.fields, field]
    const below = getNamedType(field.type)
    const more = path.operation === 'query' && fields.length < maxDepth && isObjectType(below)
    return [{ ...path, fields }, ...(more ? pathsFrom(below, { ...path, fields }) : [])]
  })
}

function positionsAt({ operation, fields }: Path, arg: GraphQLArgument): InputPosition[] {
  const [root] = fields
  const last = fields.at(-1)
  if (!root || !last) return []
  const includedArgs = last.args.filter((each) => each === arg || isRequiredArgument(each))
  const declared = includedArgs.map((each) => `$${each.name}: ${each.type.toString()}`).join(', ')
  const passed = includedArgs.map((each) => `${each.name}: $${each.name}`).join(', ')
  const selection = selectionOf(last.type)
  const document = fields
    .slice(0, -1)
    .reduceRight((inner, { name }) => `${name} { ${inner} }`, `${last.name}(${passed})${selection}`)
  const leaves = leavesOf(arg, [])
  return leaves.map((leaf) => ({
    name: [...fields.map(({ name }) => name), ...leaf.path].join('.'),
    root: root.name,
    type: leaf.type,
    document: `${operation} (${declared}) { ${document} }`,
    variables: (value, otherValues) =>
      Object.fromEntries(
        includedArgs.map((each) => [
          each.name,
          buildInput(each, [], { leaf: leaf.path, value, otherValues }),
        ]),
      ),
  }))
}

type Input = GraphQLArgument | GraphQLInputField

interface Leaf {
  readonly path: readonly string[]
  readonly type: string
}

function leavesOf({ name, type }: Input, parentPath: readonly string[]): Leaf[] {
  const named = getNamedType(type)
  const path = [...parentPath, name]
  if (!isInputObjectType(named)) return [{ path, type: named.name }]
  return Object.values(named.getFields()).flatMap((field) => leavesOf(field, path))
}

interface BuildTarget {
  readonly leaf: readonly string[]
  readonly value: unknown
  readonly otherValues: OtherValues
}

function buildInput(
  { name, type }: Input,
  parentPath: readonly string[],
  target: BuildTarget,
): unknown {
  const path = [...parentPath, name]
  const item = buildItem(path, type, target)
  return isListType(getNullableType(type)) ? [item] : item
}

function buildItem(path: readonly string[], type: GraphQLInputType, target: BuildTarget): unknown {
  const named = getNamedType(type)
  const name = path.at(-1) ?? ''
  if (!isInputObjectType(named)) {
    if (path.join() === target.leaf.join()) return target.value
    if (name in target.otherValues) return target.otherValues[name]
    if (isEnumType(named)) return named.getValues()[0]?.name
    return named.name === 'Int' ? 1 : named.name === 'Boolean' ? true : 'x'
  }
  const fields = Object.values(named.getFields()).filter(
    (field) =>
      isRequiredInputField(field) || target.leaf.join().startsWith([...path, field.name].join()),
  )
  return Object.fromEntries(fields.map((field) => [field.name, buildInput(field, path, target)]))
}
