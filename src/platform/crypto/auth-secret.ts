import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from './random.js'
import { StartupError } from '../errors.js'

const secretLength = 32

/**
 * The secret of an embedded database: made at the first start and kept beside it, readable to its owner
 * alone. Called under the folder's lock, so that one process makes it.
 */
export async function keepAuthSecret(dataDir: string, random: Random): Promise<[Buffer]> {
  const path = join(dataDir, 'auth-secret')
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return [await create(path, random(secretLength))]
  const secret = Buffer.from(text.trim(), 'base64')
  if (secret.length === secretLength) return [secret]
  throw new StartupError(
    `${path} does not hold the ${secretLength} bytes that it was made with: restore it.`,
  )
}

async function create(path: string, secret: Buffer) {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${secret.toString('base64')}\n`)
    await file.sync() // what it encrypts must not outlive it in a power cut
  } finally {
    await file.close()
  }
  return secret
}
