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
import type { OperationListener } from '../combine-plugins.js'

type Variables = Readonly<Record<string, unknown>>

/** Refuses an operation whose answer could be too large, before it runs. */
export const limitCost: OperationListener = {
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

interface CostInput {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly variables: Variables
}

// Without variables the cost of an operation is constant.
const costCache = new WeakMap<OperationDefinitionNode, number>()

function costOf(operation: OperationDefinitionNode, input: CostInput): number {
  const cost = costCache.get(operation) ?? computeCost(operation, input)
  if (!operation.variableDefinitions?.length) costCache.set(operation, cost)
  return cost
}

/**
 * Counts the fields that the answer may have and the rows that it must read. Fields in the list of a page count
 * `first` times. Fields below a list of keys count once per key. A field that needs its own database statement costs
 * more than one.
 */
function computeCost(
  operation: OperationDefinitionNode,
  { schema, document, variables }: CostInput,
): number {
  const fragments = fragmentsOf(document)
  const fragmentCosts = new Map<string, number>()
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  )
  // Without a prototype: a missing variable has no value, even when its name is an inherited property such as
  // `toString`.
  const variableValues: Variables = { __proto__: null, ...defaults, ...variables }

  /** `pageSize` is the size of the page that contains these fields. */
  function costOfSelections(
    set: SelectionSetNode | undefined,
    typeName: string | undefined,
    pageSize = 1,
  ): number {
    let cost = 0
    for (const selection of set?.selections ?? []) {
      switch (selection.kind) {
        case Kind.FIELD:
          cost += costOfField(selection, typeName, pageSize)
          break
        case Kind.INLINE_FRAGMENT:
          cost += costOfSelections(
            selection.selectionSet,
            selection.typeCondition?.name.value ?? typeName,
            pageSize,
          )
          break
        case Kind.FRAGMENT_SPREAD:
          cost += costOfFragment(selection.name.value, pageSize)
      }
    }
    return cost
  }

  function costOfField(field: FieldNode, typeName: string | undefined, pageSize: number): number {
    const parent = typeName === undefined ? undefined : schema.getType(typeName)
    const definition = isObjectType(parent) ? parent.getFields()[field.name.value] : undefined
    if (!definition) return 1 // __typename, and introspection, which graphql-js limits
    const resultType = getNamedType(definition.type)
    const ownCost = numberOr(definition.extensions['cost'], 1)
    if (!isCompositeType(resultType)) return ownCost
    let requestedSize = 1
    let keyCount = 1
    for (const { name, type, defaultValue } of definition.args) {
      const value = argumentValue(field, name) ?? defaultValue
      if (name === 'first') requestedSize = Math.max(1, Number(value ?? 1))
      else if (isList(type) && Array.isArray(value)) keyCount *= Math.max(1, value.length)
    }
    const [items, childPageSize] = isList(definition.type)
      ? [pageSize * requestedSize, 1]
      : [1, requestedSize]
    const rows = requestedSize * numberOr(definition.extensions['costPerItem'], 0)
    return (
      ownCost +
      rows +
      items * keyCount * costOfSelections(field.selectionSet, resultType.name, childPageSize)
    )
  }

  function argumentValue(field: FieldNode, argument: string): unknown {
    const node = field.arguments?.find(({ name }) => name.value === argument)?.value
    return node && valueFromASTUntyped(node, variableValues)
  }

  function costOfFragment(name: string, pageSize: number): number {
    const key = `${name} ${pageSize}`
    const cost = fragmentCosts.get(key)
    if (cost !== undefined) return cost
    const fragment = fragments.get(name)
    const found = costOfSelections(
      fragment?.selectionSet,
      fragment?.typeCondition.name.value,
      pageSize,
    )
    fragmentCosts.set(key, found)
    return found
  }

  const root = schema.getRootType(operation.operation)
  return costOfSelections(operation.selectionSet, root?.name)
}

const isList = (type: unknown) => isListType(isNonNullType(type) ? type.ofType : type)

const numberOr = (value: unknown, fallback: number) =>
  typeof value === 'number' ? value : fallback
