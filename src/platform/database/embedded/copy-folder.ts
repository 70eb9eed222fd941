import { constants, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartupError } from '../../errors.js'
import type { Log } from '../log.js'
import { watchFolderLock } from './folder-lock.js'

export interface FolderCopy {
  /** A copy of `${dataDir}/pg` that only this user can read. */
  readonly folder: string
  readonly remove: () => void
}

/**
 * Copies the database in `${dataDir}/pg`, because PostgreSQL writes into every folder that it opens. Throws when
 * there is no database, or when another process may write to it meanwhile.
 */
export async function copyFolder(dataDir: string, log: Log): Promise<FolderCopy> {
  assertFolderHasDatabase(dataDir)
  const watch = await watchFolderLock(dataDir, log)
  const tempFolder = mkdtempSync(join(tmpdir(), 'latchkey-'))
  const remove = () => {
    rmSync(tempFolder, { recursive: true, force: true })
  }
  const folder = join(tempFolder, 'pg')
  try {
    cpSync(join(dataDir, 'pg'), folder, { recursive: true, mode: constants.COPYFILE_FICLONE })
    watch.assertNotTaken()
    return { folder, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** Throws when there is no database in `${dataDir}/pg`. */
export function assertFolderHasDatabase(dataDir: string) {
  const problem = findProblem(dataDir)
  if (problem === null) return
  throw new StartupError(
    `DATA_DIR ${JSON.stringify(dataDir)} ${problem}. Set DATA_DIR to the folder of the server; this command does not create one.`,
  )
}

function findProblem(dataDir: string): string | null {
  try {
    const names = [readdirSync(dataDir), readdirSync(join(dataDir, 'pg'))]
    return names[1]?.includes('PG_VERSION') ? null : 'has no complete database'
  } catch (error) {
    const { code = 'unknown', path } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return path === dataDir ? 'does not exist' : 'has no database'
    if (code === 'ENOTDIR') return 'is not a folder'
    return `cannot be read (${code})`
  }
}
