import {
  coerceInputValue,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  typeFromAST,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTVisitor,
  type DocumentNode,
  type GraphQLInputField,
  type GraphQLSchema,
  type ObjectFieldNode,
  type OperationDefinitionNode,
  type StringValueNode,
  type VariableNode,
} from 'graphql'
import { badRequestInput } from './errors.js'
import type { OperationListener } from './combine-plugins.js'

/**
 * Refuses variables that do not fit their types before graphql-js does, because its message would repeat the value.
 * Refuses every string that cannot be stored and compared as it was typed.
 */
export const checkVariables: OperationListener = {
  didResolveOperation({ schema, operation, request, document, source }) {
    const variables = request.variables ?? {}
    refuseUnstorableText(schema, { document, operation }, variables) // first: it bounds the depth
    if (operation) refuseMistypedVariables(schema, operation, variables)
    // The lexer refuses ill-formed UTF-16 in literals, but accepts NUL, raw or as an escape.
    if (/\\u|\0/.test(source)) refuseNulLiterals(schema, document)
    return Promise.resolve()
  },
}

export function refuseMistypedVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
) {
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value
    const type = typeFromAST(schema, definition.type)
    if (!isInputType(type)) continue // validation has said so
    if (!Object.hasOwn(variables, name)) {
      if (definition.defaultValue || !isNonNullType(type)) continue
      throw badRequestInput(`Variable "$${name}" of type ${type.toString()} was not provided.`)
    }
    coerceInputValue(variables[name], type, (path) => {
      const place = path.length ? ` at "${[name, ...path.map(safeFieldName)].join('.')}"` : ''
      throw badRequestInput(`Variable "$${name}" does not fit its type ${type.toString()}${place}.`)
    })
  }
}

// A key that is not in the schema is text of the client, so the message does not repeat it.
const safeFieldName = (key: string | number) => (/^\w{1,50}$/.test(String(key)) ? key : '…')

// Deeper than any input type. Unlimited recursion would overflow the stack.
const maxDepth = 32

/**
 * For `@Extensions(label)` on an input field. It accepts any string, because the operation cleans it. Labels are
 * shown to people or serve as hints; they are never compared.
 */
export const label = { label: true } as const

interface Place {
  /** The path that the error message shows to the client. */
  readonly path: string
  readonly depth: number
  /** The schema type; undefined when the schema has none. */
  readonly type?: unknown
  readonly isLabel?: boolean
}

interface ParsedOperation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode | undefined
}

/**
 * PostgreSQL cannot store NUL. Ill-formed UTF-16 becomes U+FFFD in UTF-8: two passwords with different lone
 * surrogates would verify each other.
 */
export function refuseUnstorableText(
  schema: GraphQLSchema,
  { document, operation }: ParsedOperation,
  variables: Readonly<Record<string, unknown>>,
) {
  const types = new Map(
    operation?.variableDefinitions?.map(({ variable, type }) => [variable.name.value, type]),
  )
  const rootPlace = { path: '', depth: 0 }
  for (const [name, value] of Object.entries(variables)) {
    const place = placeOf(name, rootPlace)
    if (typeof value === 'string') {
      const isLabel = !isStorable(value) && isLabelOnly(schema, document, name)
      refuseUnstorableValue(value, { ...place, isLabel })
    } else {
      const node = types.get(name)
      refuseUnstorableValue(value, { ...place, type: node && typeFromAST(schema, node) })
    }
  }
}

/** Whether the variable is used, and only for labels. */
function isLabelOnly(schema: GraphQLSchema, document: DocumentNode, variable: string) {
  const types = new TypeInfo(schema)
  const uses: boolean[] = []
  const visitor: ASTVisitor = {
    [Kind.VARIABLE_DEFINITION]: () => false,
    [Kind.OBJECT_FIELD]: ({ name, value }: ObjectFieldNode) => {
      if (value.kind !== Kind.VARIABLE || value.name.value !== variable) return undefined
      uses.push(fieldOf(nullableType(types.getParentInputType()), name.value).isLabel === true)
      return false
    },
    [Kind.VARIABLE]: ({ name }: VariableNode) => {
      if (name.value === variable) uses.push(false)
    },
  }
  visit(document, visitWithTypeInfo(types, visitor))
  return uses.length > 0 && uses.every(Boolean)
}

const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed()

function refuseUnstorableValue(value: unknown, place: Place) {
  if (typeof value === 'string') {
    if (place.isLabel !== true && !isStorable(value)) {
      throw badRequestInput(
        `Text with NUL or ill-formed UTF-16 is refused (variable${place.path}).`,
      )
    }
  } else if (typeof value === 'object' && value !== null) {
    if (place.depth === maxDepth) throw badRequestInput(`The variables are nested too deeply.`)
    const type = nullableType(place.type)
    for (const [key, item] of Object.entries(value)) {
      const childPlace = placeOf(key, place)
      if (Array.isArray(value)) refuseUnstorableValue(item, { ...childPlace, type: itemType(type) })
      else refuseUnstorableValue(item, { ...childPlace, ...fieldOf(type, key) })
    }
  }
}

function placeOf(key: string, { path, depth }: Place): Place {
  if (!key.isWellFormed()) throw badRequestInput('Text with ill-formed UTF-16 is refused.')
  return { path: `${path} ${safeFieldName(key)}`, depth: depth + 1 }
}

const itemType = (type: unknown): unknown => (isListType(type) ? type.ofType : undefined)

const nullableType = (type: unknown): unknown => (isNonNullType(type) ? type.ofType : type)

function fieldOf(type: unknown, name: string): Pick<Place, 'type' | 'isLabel'> {
  if (!isInputObjectType(type)) return {}
  const fields = type.getFields()
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  return { type: field?.type, isLabel: field !== undefined && isLabel(field) }
}

const isLabel = ({ extensions }: GraphQLInputField) => extensions['label'] === true

function refuseNulLiterals(schema: GraphQLSchema, document: DocumentNode) {
  const types = new TypeInfo(schema)
  const visitor: ASTVisitor = {
    [Kind.OBJECT_FIELD]: ({ name }: ObjectFieldNode) => {
      // Labels are not checked.
      return fieldOf(nullableType(types.getParentInputType()), name.value).isLabel === true
        ? false
        : undefined
    },
    [Kind.STRING]: (node: StringValueNode) => {
      if (node.value.includes('\0')) throw badRequestInput('Text with NUL is refused.')
    },
  }
  visit(document, visitWithTypeInfo(types, visitor))
}
