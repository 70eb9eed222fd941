import { writeFileSync } from 'node:fs'
import { formatSchema } from './format-schema.js'

// People and tools read schema.graphql without running code. A test checks that it is up to date.
writeFileSync(new URL('../schema.graphql', import.meta.url), await formatSchema())
