import { defineConfig } from 'prisma/config'

// `prisma generate` looks for a schema engine that it does not use and would download it. A path that
// exists stops that. Node itself is a safe choice: a command that does need the engine fails loudly
// instead of doing nothing (migrations are applied by the server and written by `npm run db:new`).
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
})
