import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DatabaseTarget } from '../../../src/platform/database/database.js'
import { createTestDatabase, onPostgres } from './database.js'

type OnEnd = (work: () => Promise<void> | void) => void

/** A database that outlives the app that uses it, for restarts. Gone when the test is over, or with `afterAll` the file. */
export async function lastingDatabase(onEnd: OnEnd = onTestFinished): Promise<DatabaseTarget> {
  if (onPostgres) {
    const { target, drop } = await createTestDatabase()
    onEnd(drop)
    return target
  }
  return { kind: 'embedded', dataDir: temporaryFolder(onEnd) }
}

/** Gone, with what is in it, when the test is over. */
export function temporaryFolder(onEnd: OnEnd = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  onEnd(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}
