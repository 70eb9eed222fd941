import { lexicographicSortSchema, printSchema } from 'graphql'
import { createSchema } from '../src/compose/schema.js'

/** What schema.graphql holds. Sorted, so that a change shows as the lines that changed. */
export async function formatSchema() {
  return `${printSchema(lexicographicSortSchema(await createSchema()))}\n`
}
