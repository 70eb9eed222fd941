import { z } from 'zod'

// Set before any schema is created. Otherwise Zod compiles each schema to a function at its first use: a running
// server would generate code from strings (CWE-94).
z.config({ jitless: true })

export { z }
