import type { ApolloServerPlugin } from '@apollo/server'
import {
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  valueFromAST,
  GraphQLInt,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { badRequestInput } from '../errors.js'
import { fragmentsOf } from './fragments.js'
import { documentLimits } from './limits.js'

type Variables = Readonly<Record<string, unknown>>

/** Refuses an operation whose answer could be too large, before anything of it runs. */
export const limitCost: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ schema, document, operation, request }) {
        if (
          operation &&
          costOf(operation, { schema, document, variables: request.variables ?? {} }) >
            documentLimits.cost
        ) {
          throw badRequestInput(
            `The answer could have more than ${documentLimits.cost} fields: ask for less, or for smaller pages.`,
          )
        }
        return Promise.resolve()
      },
    }),
}

interface Asked {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly variables: Variables
}

/** The fields that the answer may have: what stands below a field with `first` counts so many times. */
function costOf(
  operation: OperationDefinitionNode,
  { schema, document, variables }: Asked,
): number {
  const fragments = fragmentsOf(document)
  const known = new Map<string, number>()
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromAST(defaultValue, GraphQLInt)]] : [],
    ),
  )

  function ofSet(set: SelectionSetNode | undefined, typeName: string | undefined): number {
    let cost = 0
    for (const selection of set?.selections ?? []) {
      switch (selection.kind) {
        case Kind.FIELD:
          cost += ofField(selection, typeName)
          break
        case Kind.INLINE_FRAGMENT:
          cost += ofSet(selection.selectionSet, selection.typeCondition?.name.value ?? typeName)
          break
        case Kind.FRAGMENT_SPREAD:
          cost += ofFragment(selection.name.value)
      }
    }
    return cost
  }

  function ofField(field: FieldNode, typeName: string | undefined): number {
    const type = typeName === undefined ? undefined : schema.getType(typeName)
    const definition = isObjectType(type) ? type.getFields()[field.name.value] : undefined
    if (!definition) return 1 // __typename, and introspection, which graphql-js limits
    const below = getNamedType(definition.type)
    const first = definition.args.find(({ name }) => name === 'first')
    const times = first ? pageSize(field, first.defaultValue) : 1
    return 1 + times * (isCompositeType(below) ? ofSet(field.selectionSet, below.name) : 0)
  }

  function pageSize(field: FieldNode, byDefault: unknown): number {
    const given = field.arguments?.find(({ name }) => name.value === 'first')?.value
    const asked = given && valueFromAST(given, GraphQLInt, { ...defaults, ...variables })
    return Math.max(1, Number(asked ?? byDefault ?? 1))
  }

  function ofFragment(name: string): number {
    const cost = known.get(name)
    if (cost !== undefined) return cost
    const fragment = fragments.get(name)
    const found = ofSet(fragment?.selectionSet, fragment?.typeCondition.name.value)
    known.set(name, found)
    return found
  }

  const root = schema.getRootType(operation.operation)
  return ofSet(operation.selectionSet, root?.name)
}
