import { z } from 'zod'

// Set before any schema is made. Otherwise Zod compiles each schema to a function at its first use: a server that serves would
// generate code from strings (CWE-94).
z.config({ jitless: true })

export { z }
