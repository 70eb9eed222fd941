import {
  coerceInputValue,
  isInputType,
  isNonNullType,
  Kind,
  typeFromAST,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { badRequestInput } from './errors.js'
import type { Listener } from './listen.js'

/**
 * Refuses variables that do not fit their types before graphql-js does, whose message would repeat the
 * value, and every string that cannot be stored and compared as it was typed.
 */
export const checkVariables: Listener = {
  didResolveOperation({ schema, operation, request, document, source }) {
    const variables = request.variables ?? {}
    refuseUnstorable(variables, '') // first: it bounds the depth
    if (operation) refuseUnfit(schema, operation, variables)
    // The lexer refuses ill-formed UTF-16 in literals, but not NUL, as it is or as an escape.
    if (/\\u|\0/.test(source)) refuseNulLiterals(document)
    return Promise.resolve()
  },
}

export function refuseUnfit(
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
      const place = path.length ? ` at "${[name, ...path.map(fieldName)].join('.')}"` : ''
      throw badRequestInput(`Variable "$${name}" does not fit its type ${type.toString()}${place}.`)
    })
  }
}

// A key that the schema does not know is the client's text; it is not repeated either.
const fieldName = (key: string | number) => (/^\w{1,50}$/.test(String(key)) ? key : '…')

// Deeper than any input type; and a walk by recursion would end with the stack.
const deepest = 32

/**
 * NUL cannot be stored by PostgreSQL. Ill-formed UTF-16 becomes U+FFFD in UTF-8: two passwords with
 * different lone surrogates would verify each other.
 */
export function refuseUnstorable(value: unknown, path: string, depth = 0) {
  if (typeof value === 'string') {
    if (value.includes('\0') || !isWellFormed(value)) {
      throw badRequestInput(`Text with NUL or ill-formed UTF-16 is refused (variable${path}).`)
    }
  } else if (typeof value === 'object' && value !== null) {
    if (depth === deepest) throw badRequestInput(`The variables are nested too deeply.`)
    for (const [key, item] of Object.entries(value)) {
      if (!isWellFormed(key)) throw badRequestInput('Text with ill-formed UTF-16 is refused.')
      refuseUnstorable(item, `${path} ${fieldName(key)}`, depth + 1)
    }
  }
}

const isWellFormed = (text: string) => text.isWellFormed()

function refuseNulLiterals(document: DocumentNode) {
  visit(document, {
    [Kind.STRING]: (node) => {
      if (node.value.includes('\0')) throw badRequestInput('Text with NUL is refused.')
    },
  })
}
