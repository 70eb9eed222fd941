import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { addMs, type Clock } from '../../../platform/clock.js'
import { isCanonicalBase64url } from '../../../platform/crypto/base64url.js'
import type { Keyring } from '../../../platform/crypto/keyring.js'
import type { Random } from '../../../platform/crypto/random.js'

const purposes = ['sign-in', 'registration'] as const
type Purpose = (typeof purposes)[number]

/** What a challenge is for. Another purpose or subject does not open it. */
export interface ChallengeUse {
  readonly purpose: Purpose
  /** The session to which the ceremony is bound. Empty if every client may finish it. */
  readonly subject: string
}

export interface IssuedChallenge {
  readonly challengeToken: string
  /** The WebAuthn challenge: base64url of 32 bytes. */
  readonly challenge: string
  readonly expiresAt: Date
}

/** A challenge that this service issued and that has not expired. It may have been used. */
export interface OpenedChallenge {
  readonly challenge: string
  readonly tokenHash: Buffer
  readonly expiresAt: Date
  /** The text that the token was issued with. */
  readonly details: string
}

// 10 minutes: a page with autofill begins again before.
const lifetimeMs = 10 * 60_000
const randomBytes = 16
const macBytes = 32
const offsets = { keyId: 0, purpose: 4, expiresAt: 5, random: 11, subject: 27, details: 59 }
// In characters. The details contain a name, which has 400 bytes at most.
const maxLength = 1_500

export type ChallengeTokens = ReturnType<typeof createChallengeTokens>

/**
 * Challenges without rows. With autofill every visitor of a sign-in page begins a ceremony, so a row for each would
 * let attackers fill the database. The token has key id, purpose, expiry, random bytes, the hash of the subject,
 * details, and an HMAC-SHA-256 over all of these. Every secret of AUTH_SECRET verifies: a rotation does not break open
 * pages. The WebAuthn challenge is a hash of the token.
 */
export function createChallengeTokens(deps: {
  readonly keyring: Keyring
  readonly clock: Clock
  readonly random: Random
}) {
  const { keyring, clock, random } = deps

  return {
    issue({ purpose, subject }: ChallengeUse, details = ''): IssuedChallenge {
      const expiresAt = addMs(clock.now(), lifetimeMs)
      const head = Buffer.alloc(offsets.random)
      keyring.current.id.copy(head, offsets.keyId)
      head.writeUInt8(purposes.indexOf(purpose), offsets.purpose)
      head.writeUIntBE(expiresAt.getTime(), offsets.expiresAt, 6)
      const parts = [head, random(randomBytes), hashOf(subject), Buffer.from(details)]
      const body = Buffer.concat(parts)
      const bytes = Buffer.concat([body, macOf(keyring.current.key, body)])
      const challengeToken = bytes.toString('base64url')
      return { challengeToken, challenge: challengeOf(challengeToken), expiresAt }
    },

    /** Null: not issued by this service, for another purpose or subject, or expired. */
    open(challengeToken: string, { purpose, subject }: ChallengeUse): OpenedChallenge | null {
      if (challengeToken.length > maxLength || !isCanonicalBase64url(challengeToken)) return null
      const bytes = Buffer.from(challengeToken, 'base64url')
      if (bytes.length < offsets.details + macBytes) return null
      const key = keyring.find(bytes.subarray(offsets.keyId, offsets.purpose))?.key
      const body = bytes.subarray(0, -macBytes)
      if (!key || !timingSafeEqual(macOf(key, body), bytes.subarray(-macBytes))) return null
      const expiresAt = new Date(body.readUIntBE(offsets.expiresAt, 6))
      const isForThis =
        purposes[body.readUInt8(offsets.purpose)] === purpose &&
        body.subarray(offsets.subject, offsets.details).equals(hashOf(subject))
      if (!isForThis || expiresAt <= clock.now()) return null
      return {
        challenge: challengeOf(challengeToken),
        tokenHash: hashOf(challengeToken),
        expiresAt,
        details: body.subarray(offsets.details).toString(),
      }
    },
  }
}

const macOf = (key: Buffer, body: Buffer) => createHmac('sha256', key).update(body).digest()

const hashOf = (text: string) => hash('sha256', text, 'buffer')

const challengeOf = (challengeToken: string) =>
  hash('sha256', `passkey challenge ${challengeToken}`, 'base64url')

/**
 * The WebAuthn challenge of a sign-in that needs a second factor. The token of that sign-in is random and works once,
 * so its hash is a challenge that works once. Another prefix: neither kind of challenge can stand for the other.
 */
export const secondFactorChallengeOf = (mfaChallengeToken: string) =>
  hash('sha256', `second factor challenge ${mfaChallengeToken}`, 'base64url')
