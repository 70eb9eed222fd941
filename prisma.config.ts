import { defineConfig } from 'prisma/config'

// `prisma generate` looks for a schema engine that it does not use, and would download it. An existing path prevents
// that. Node.js itself is a safe choice: a command that needs the engine fails loudly instead of doing nothing. The
// server applies migrations, and `npm run db:new` writes them.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
})
