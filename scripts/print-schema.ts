import { writeFileSync } from 'node:fs'
import { formatSchema } from './format-schema.js'

// schema.graphql is what people and tools read without running anything; a test keeps it equal.
writeFileSync(new URL('../schema.graphql', import.meta.url), await formatSchema())
