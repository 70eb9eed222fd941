import { buildASTSchema, Kind, lexicographicSortSchema, parse, printSchema, visit } from 'graphql'

/** Removes the directives of a gateway from an SDL, so that it can be compared with schema.graphql. */
export function withoutDirectives(sdl: string) {
  const document = visit(parse(sdl), {
    [Kind.SCHEMA_EXTENSION]: () => null,
    [Kind.DIRECTIVE_DEFINITION]: () => null,
    [Kind.DIRECTIVE]: ({ name }) => (name.value === 'specifiedBy' ? undefined : null),
    [Kind.FIELD_DEFINITION]: ({ name }) => (name.value.startsWith('_') ? null : undefined),
  })
  return `${printSchema(lexicographicSortSchema(buildASTSchema(document)))}\n`
}
