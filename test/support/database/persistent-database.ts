import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DatabaseTarget } from '../../../src/platform/database/database.js'
import { createTestDatabase, usesPostgres } from './database.js'

type OnEnd = (work: () => Promise<void> | void) => void

/**
 * A database that survives the app that uses it, for restarts. Removed at the end of the test, or of the file with
 * `afterAll`.
 */
export async function createPersistentDatabase(
  onEnd: OnEnd = onTestFinished,
): Promise<DatabaseTarget> {
  if (usesPostgres) {
    const { target, drop } = await createTestDatabase()
    onEnd(drop)
    return target
  }
  return { kind: 'embedded', dataDir: createTemporaryFolder(onEnd) }
}

/** A folder that is removed with its content at the end of the test. */
export function createTemporaryFolder(onEnd: OnEnd = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  onEnd(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}
