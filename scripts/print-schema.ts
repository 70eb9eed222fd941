import { writeFileSync } from 'node:fs'
import { schemaText } from './schema-text.js'

// schema.graphql is what people and tools read without running anything; a test keeps it equal.
writeFileSync(new URL('../schema.graphql', import.meta.url), await schemaText())
