import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DatabaseTarget } from '../../../src/platform/database/database.js'
import { createTestDatabase, usesPostgres } from './database.js'

type OnEnd = (work: () => Promise<void> | void) => void

/** A database that outlives the app that uses it, for restarts. Gone when the test is over, or with `afterAll` the file. */
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

/** Gone, with what is in it, when the test is over. */
export function createTemporaryFolder(onEnd: OnEnd = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  onEnd(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}
