import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StartupError } from '../errors.js'
import type { Random } from './random.js'

const secretLengthBytes = 32

/**
 * The secret of an embedded database: made at the first start and kept beside it, readable to its owner
 * alone. Called under the folder's lock, so that one process makes it. A lost one is not replaced: with
 * another, everything that it protects could only be thrown away.
 */
export async function loadOrCreateAuthSecret(
  dataDir: string,
  { random, isFirstStart }: { random: Random; isFirstStart: () => Promise<boolean> },
): Promise<[Buffer]> {
  const path = join(dataDir, 'auth-secret')
  const text = await readIfExists(path)
  if (text === null) {
    if (await isFirstStart()) return [await createSecretFile(path, random(secretLengthBytes))]
    throw new StartupError(`${path} is missing, and what is in the database needs it: restore it.`)
  }
  const secret = Buffer.from(text.trim(), 'base64')
  if (secret.length === secretLengthBytes) return [secret]
  throw new StartupError(
    `${path} does not hold the ${secretLengthBytes} bytes that it was made with: restore it.`,
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

/** Whole or not at all, whenever the process is killed; and on the disk before anything depends on it. */
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
