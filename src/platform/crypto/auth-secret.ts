import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StartupError } from '../errors.js'
import type { Random } from './random.js'

const secretLengthBytes = 32

/**
 * Loads the secret of an embedded database, or creates it at the first start. The file is in DATA_DIR and readable
 * only by its owner. The caller holds the folder's lock, so only one process creates it. A lost secret is not
 * replaced: all data that it protects would be unusable.
 */
export async function loadOrCreateAuthSecret(
  dataDir: string,
  { random, isFirstStart }: { random: Random; isFirstStart: () => Promise<boolean> },
): Promise<[Buffer]> {
  const path = join(dataDir, 'auth-secret')
  const text = await readIfExists(path)
  if (text === null) {
    if (await isFirstStart()) return [await createSecretFile(path, random(secretLengthBytes))]
    throw new StartupError(
      `${path} is missing. The data in the database needs it: restore it from a backup.`,
    )
  }
  const secret = Buffer.from(text.trim(), 'base64')
  if (secret.length === secretLengthBytes) return [secret]
  throw new StartupError(
    `${path} does not contain the original ${secretLengthBytes} bytes. Restore it from a backup.`,
  )
}

async function readIfExists(path: string) {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new StartupError(`${path} cannot be read: ${(error as Error).message}`)
  }
}

/**
 * Written completely or not at all, even when the process is killed, and synced to disk before anything depends on
 * it.
 */
async function createSecretFile(path: string, secret: Buffer) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.unfinished`
  const file = await open(unfinished, 'w', 0o600)
  try {
    await file.writeFile(`${secret.toString('base64')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
  return secret
}
