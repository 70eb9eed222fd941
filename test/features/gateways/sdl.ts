import { buildASTSchema, Kind, lexicographicSortSchema, parse, printSchema, visit } from 'graphql'

/** What is left of an SDL without the directives of a gateway, as schema.graphql would have it. */
export function withoutDirectives(sdl: string) {
  const document = visit(parse(sdl), {
    [Kind.SCHEMA_EXTENSION]: () => null,
    [Kind.DIRECTIVE_DEFINITION]: () => null,
    [Kind.DIRECTIVE]: ({ name }) => (name.value === 'specifiedBy' ? undefined : null),
    [Kind.FIELD_DEFINITION]: ({ name }) => (name.value.startsWith('_') ? null : undefined),
  })
  return `${printSchema(lexicographicSortSchema(buildASTSchema(document)))}\n`
}
