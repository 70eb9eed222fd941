import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DatabaseTarget } from '../../src/platform/database/database.js'
import { createTestDatabase, onPostgres } from './database.js'

/** A database that outlives the app that uses it, for restarts. Gone when the test is over. */
export async function lastingDatabase(): Promise<DatabaseTarget> {
  if (onPostgres) {
    const { target, drop } = await createTestDatabase()
    onTestFinished(drop)
    return target
  }
  return { kind: 'embedded', dataDir: temporaryFolder() }
}

/** Gone, with what is in it, when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}
