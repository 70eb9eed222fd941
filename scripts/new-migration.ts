// npm run db:new -- <name>   writes the migration from the last one to prisma/schema
// npm run db:drift           prints that migration and exits 1, unless it is empty
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrations } from '../src/platform/database/package-files.js'
import { diffSchema, type SchemaFile } from './schema-engine.js'

const prismaFolder = fileURLToPath(new URL('../prisma', import.meta.url))
const migrationsFolder = join(prismaFolder, 'migrations')
const schemaFolder = join(prismaFolder, 'schema')

async function main(argument = ''): Promise<number> {
  const isCheck = argument === '--check'
  if (!isCheck && !/^[a-z0-9_]+$/.test(argument)) {
    console.error('usage: npm run db:new -- what_changes   (lower case, digits, underscores)')
    return 2
  }
  const sql = await diffSchema(existingMigrations(), readSchema())
  if (sql === undefined) {
    console.log('prisma/migrations matches prisma/schema: nothing to do')
    return 0
  }
  if (isCheck) {
    console.error(
      `prisma/migrations lacks these changes. Run \`npm run db:new -- what_changes\`:\n\n${sql}`,
    )
    return 1
  }
  const folder = join(migrationsFolder, `${timestamp()}_${argument}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'migration.sql'), sql)
  console.log(
    `${sql}\nWritten to ${relative('.', folder)}/migration.sql. Read it. Add by hand what the`,
  )
  console.log('schema cannot express: data to convert, partial indexes, constraints.')
  for (const line of sql.split('\n').filter((text) => /\bDROP (TABLE|COLUMN)\b/.test(text))) {
    console.warn(`This loses data: ${line.trim()}`)
  }
  return 0
}

// A new project has no migrations, which is an error only for the server.
function existingMigrations() {
  const hasMigrations = readdirSync(migrationsFolder, { withFileTypes: true }).some((entry) =>
    entry.isDirectory(),
  )
  return hasMigrations ? readMigrations() : []
}

function readSchema(): SchemaFile[] {
  return readdirSync(schemaFolder)
    .filter((name) => name.endsWith('.prisma'))
    .map((path) => ({ path, content: readFileSync(join(schemaFolder, path), 'utf8') }))
}

/** The UTC time in seconds, as `prisma migrate` names its folders. */
function timestamp(): string {
  return new Date().toISOString().replace(/\D/g, '').slice(0, 14)
}

// Prints only the message: the stack is that of the WebAssembly code.
process.exitCode = await main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
