import { createHash } from 'node:crypto'
import type { Random } from '../../platform/crypto/random.js'

const tokenBytes = 32

/** The token of a mailed link: 256 random bits. */
export const newToken = (random: Random) => random(tokenBytes).toString('base64url')

/** The SHA-256 of it, which is all that is stored: too much entropy to be guessed from the hash. */
export const hashOfToken = (token: string) =>
  new Uint8Array(createHash('sha256').update(token).digest())
