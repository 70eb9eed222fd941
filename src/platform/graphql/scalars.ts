import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'

export const GraphQLDateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A moment in UTC, for example `2026-11-22T03:04:05.678Z` (RFC 3339).',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize(value) {
    if (value instanceof Date) return value.toISOString()
    throw new GraphQLError('A DateTime must be a Date.')
  },
})

const text = (value: unknown): string => {
  if (typeof value === 'string') return value
  throw new GraphQLError('An e-mail address must be a string.')
}

/**
 * Accepts any string: whether it is an address is for the operation to say, as data (INVALID_INPUT with
 * its path), so that a typo in a form is not a broken request.
 */
export const GraphQLEmailAddress = new GraphQLScalarType<string, string>({
  name: 'EmailAddress',
  description:
    'An e-mail address. A string that is none is reported by the operation (INVALID_INPUT), not as a broken request.',
  specifiedByURL: 'https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address',
  serialize: text,
  parseValue: text,
  parseLiteral: (node) => text(node.kind === Kind.STRING ? node.value : null),
})
