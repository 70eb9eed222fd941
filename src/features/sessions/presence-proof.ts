import { hash } from 'node:crypto'
import { addMs } from '../../platform/clock.js'
import type { Random } from '../../platform/crypto/random.js'

/** The form of a proof in the session's row. */
export interface StoredPresenceProof {
  /** SHA-256 of the proof's bytes. */
  readonly hash: Buffer
  readonly expiresAt: Date
}

export interface PresenceProof extends StoredPresenceProof {
  /** For the client: 43 base64url characters. */
  readonly text: string
}

const proofBytes = 32
// 10 minutes: long enough to fill in a form.
const lifetimeMs = 10 * 60_000

/**
 * Proves that the user signed in or reauthenticated recently in this session. Access tokens also reach other services.
 * So a fresh access token must not be enough for operations that could take over the account (ASVS 7.5.1).
 */
export function issuePresenceProof(random: Random, now: Date): PresenceProof {
  const bytes = random(proofBytes)
  const expiresAt = addMs(now, lifetimeMs)
  return { text: bytes.toString('base64url'), hash: hashOf(bytes), expiresAt }
}

/** The stored form of a proof; null if the text cannot be a proof. Never throws. */
export function hashPresenceProof(text: string | null): Buffer | null {
  if (text?.length !== encodedLength) return null
  const bytes = Buffer.from(text, 'base64url')
  // Node's decoder ignores other characters. The check allows one spelling per proof.
  return bytes.toString('base64url') === text ? hashOf(bytes) : null
}

const encodedLength = Math.ceil((proofBytes * 4) / 3)

const hashOf = (bytes: Buffer) => hash('sha256', bytes, 'buffer')
