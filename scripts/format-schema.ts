import { lexicographicSortSchema, printSchema } from 'graphql'
import { createSchema } from '../src/compose/schema.js'

/** The content of schema.graphql. Sorted, so that a diff shows only the changed lines. */
export async function formatSchema() {
  return `${printSchema(lexicographicSortSchema(await createSchema()))}\n`
}
