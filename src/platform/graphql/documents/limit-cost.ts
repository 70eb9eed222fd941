import {
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { badRequestInput } from '../errors.js'
import { fragmentsOf } from './fragments.js'
import { documentLimits } from './limits.js'
import type { Listener } from '../listen.js'

type Variables = Readonly<Record<string, unknown>>

/** Refuses an operation whose answer could be too large, before anything of it runs. */
export const limitCost: Listener = {
  didResolveOperation({ schema, document, operation, request }) {
    const { variables = {} } = request
    if (operation && costOf(operation, { schema, document, variables }) > documentLimits.cost) {
      throw badRequestInput(
        `The answer could have more than ${documentLimits.cost} fields: ask for less, or for smaller pages.`,
      )
    }
    return Promise.resolve()
  },
}

interface Asked {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly variables: Variables
}

// Without variables it is always the same.
const known = new WeakMap<OperationDefinitionNode, number>()

function costOf(operation: OperationDefinitionNode, asked: Asked): number {
  const cost = known.get(operation) ?? count(operation, asked)
  if (!operation.variableDefinitions?.length) known.set(operation, cost)
  return cost
}

/**
 * The fields that the answer may have, and the rows that it takes to read. The lists of a page count as often as its `first` says, what is looked up by a list
 * of keys as often as there are keys, and a field that asks the database by itself for more than one.
 */
function count(operation: OperationDefinitionNode, { schema, document, variables }: Asked): number {
  const fragments = fragmentsOf(document)
  const ofFragments = new Map<string, number>()
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  )
  // Without a prototype: a variable that is not given has no value, whatever objects inherit under its name.
  const given: Variables = { __proto__: null, ...defaults, ...variables }

  /** `page` is the size of the page whose fields these are. */
  function ofSet(
    set: SelectionSetNode | undefined,
    typeName: string | undefined,
    page = 1,
  ): number {
    let cost = 0
    for (const selection of set?.selections ?? []) {
      switch (selection.kind) {
        case Kind.FIELD:
          cost += ofField(selection, typeName, page)
          break
        case Kind.INLINE_FRAGMENT:
          cost += ofSet(
            selection.selectionSet,
            selection.typeCondition?.name.value ?? typeName,
            page,
          )
          break
        case Kind.FRAGMENT_SPREAD:
          cost += ofFragment(selection.name.value, page)
      }
    }
    return cost
  }

  function ofField(field: FieldNode, typeName: string | undefined, page: number): number {
    const parent = typeName === undefined ? undefined : schema.getType(typeName)
    const definition = isObjectType(parent) ? parent.getFields()[field.name.value] : undefined
    if (!definition) return 1 // __typename, and introspection, which graphql-js limits
    const below = getNamedType(definition.type)
    const own = numberOf(definition.extensions['cost'], 1)
    if (!isCompositeType(below)) return own
    let size = 1
    let keys = 1
    for (const { name, type, defaultValue } of definition.args) {
      const value = valueOf(field, name) ?? defaultValue
      if (name === 'first') size = Math.max(1, Number(value ?? 1))
      else if (isList(type) && Array.isArray(value)) keys *= Math.max(1, value.length)
    }
    const [items, pageBelow] = isList(definition.type) ? [page * size, 1] : [1, size]
    const rows = size * numberOf(definition.extensions['costPerItem'], 0)
    return own + rows + items * keys * ofSet(field.selectionSet, below.name, pageBelow)
  }

  function valueOf(field: FieldNode, argument: string): unknown {
    const node = field.arguments?.find(({ name }) => name.value === argument)?.value
    return node && valueFromASTUntyped(node, given)
  }

  function ofFragment(name: string, page: number): number {
    const key = `${name} ${page}`
    const cost = ofFragments.get(key)
    if (cost !== undefined) return cost
    const fragment = fragments.get(name)
    const found = ofSet(fragment?.selectionSet, fragment?.typeCondition.name.value, page)
    ofFragments.set(key, found)
    return found
  }

  const root = schema.getRootType(operation.operation)
  return ofSet(operation.selectionSet, root?.name)
}

const isList = (type: unknown) => isListType(isNonNullType(type) ? type.ofType : type)

const numberOf = (value: unknown, otherwise: number) =>
  typeof value === 'number' ? value : otherwise
