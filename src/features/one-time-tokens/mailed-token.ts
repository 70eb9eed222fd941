import { createHash } from 'node:crypto'
import type { Random } from '../../platform/crypto/random.js'
import { trimInvisible } from '../../platform/text.js'

const tokenBytes = 32

/** Generates the token of a mailed link: 256 random bits. */
export const newToken = (random: Random) => random(tokenBytes).toString('base64url')

/**
 * SHA-256, the only stored form. The token has too much entropy for guessing. Spaces and line breaks at the edges are
 * ignored, because people paste links with them.
 */
export const hashToken = (token: string) =>
  new Uint8Array(createHash('sha256').update(trimInvisible(token)).digest())
