import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'

export const GraphQLDateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A moment in UTC, for example `2026-11-22T03:04:05.678Z` (RFC 3339).',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize(value) {
    if (value instanceof Date) return value.toISOString()
    throw new GraphQLError('A DateTime must be a Date.')
  },
})

const requireString = (value: unknown): string => {
  if (typeof value === 'string') return value
  throw new GraphQLError('It must be a string.')
}
const stringConversions = {
  serialize: requireString,
  parseValue: requireString,
  parseLiteral: (node: ValueNode) => requireString(node.kind === Kind.STRING ? node.value : null),
}

/**
 * Accepts any string. The operation reports an invalid address as data (INVALID_INPUT with its path), so that a typo
 * in a form does not fail the whole request.
 */
export const GraphQLEmailAddress = new GraphQLScalarType<string, string>({
  name: 'EmailAddress',
  description:
    'An e-mail address. Invisible characters around it are ignored. The operation reports an invalid address as INVALID_INPUT, not as a failed request.',
  specifiedByURL: 'https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address',
  ...stringConversions,
})

/** Like EmailAddress: the operation reports an invalid URL as INVALID_INPUT. */
export const GraphQLURL = new GraphQLScalarType<string, string>({
  name: 'URL',
  description:
    'A URL. The operation reports an invalid URL as INVALID_INPUT, not as a failed request.',
  specifiedByURL: 'https://url.spec.whatwg.org/#urls',
  ...stringConversions,
})

/**
 * Only for values whose shape another specification defines, or that have no fixed shape. Returned unchanged; dates
 * as text.
 */
export const GraphQLJSON = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value (RFC 8259), for values without a fixed shape.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
})
