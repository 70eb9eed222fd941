import { createHash } from 'node:crypto'
import type { Random } from '../../platform/crypto/random.js'
import { trimInvisible } from '../../platform/text.js'

const tokenBytes = 32

/** The token of a mailed link: 256 random bits. */
export const newToken = (random: Random) => random(tokenBytes).toString('base64url')

/**
 * SHA-256, the only form that is stored: a token has too much entropy to be guessed from it. Spaces and line breaks at
 * the edges do not count: people paste links with them.
 */
export const hashToken = (token: string) =>
  new Uint8Array(createHash('sha256').update(trimInvisible(token)).digest())
