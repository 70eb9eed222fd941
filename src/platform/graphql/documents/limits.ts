/**
 * What a document may ask for. The largest honest ones, the introspection of GraphiQL and a page of everything,
 * stay at half of each.
 */
export const documentLimits = {
  /** Counted by the parser, which stops there: what comes after sees small documents only. */
  tokens: 1_500,
  /** Levels of fields below the root, fragments included; introspection has a limit of graphql-js's own. */
  depth: 10,
  /** Fields at the root of one operation. */
  rootFields: 20,
  /** Aliases in one operation, each use of a fragment counted. */
  aliases: 30,
  /** Characters of an alias, which comes back in the answer. */
  aliasLength: 100,
  /** Directives in one operation, each use of a fragment counted. */
  directives: 30,
  /** Fields that the answer may have, with lists at the length that was asked for. */
  cost: 5_000,
} as const

/** What a field costs that is more than a value, `@Extensions({ cost })`. */
export const costs = {
  /** It asks the database by itself: in a list of a thousand, a thousand times. */
  statement: 50,
  /** A row of a page, `@Extensions({ costPerItem })`: read with all its columns, whichever are asked for. */
  row: 5,
  /** Kilobytes, that people write: a small request could have megabytes of the same. */
  longText: 5,
  /** The whole schema. */
  sdl: 2_000,
} as const
