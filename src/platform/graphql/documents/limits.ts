/**
 * Limits of a document. The largest legitimate documents (GraphiQL's introspection and a page of all fields) need
 * half of each limit.
 */
export const documentLimits = {
  /** Enforced by the parser: later steps see only small documents. */
  tokens: 1_500,
  /** Levels of fields below the root, fragments included. graphql-js limits the depth of introspection itself. */
  depth: 10,
  /** Fields at the root of one operation. */
  rootFields: 20,
  /** Aliases in one operation; each use of a fragment counts. */
  aliases: 30,
  /** Characters of an alias, which the answer repeats. */
  aliasLength: 100,
  /** Directives in one operation; each use of a fragment counts. */
  directives: 30,
  /** Fields that the answer may have, with lists at their requested length. */
  cost: 5_000,
} as const

/** Costs of fields that are more expensive than a value, `@Extensions({ cost })`. */
export const costs = {
  /** The field runs its own database statement: in a list of a thousand, a thousand statements. */
  statement: 50,
  /** A row of a page, `@Extensions({ costPerItem })`. It is read with all its columns, not only the selected ones. */
  row: 5,
  /** Kilobytes of text that users write: a small request could get megabytes of it. */
  longText: 5,
  /** The whole schema. */
  sdl: 2_000,
} as const
