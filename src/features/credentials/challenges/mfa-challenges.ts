import { hash } from 'node:crypto'
import { addMs, type Clock } from '../../../platform/clock.js'
import type { Random } from '../../../platform/crypto/random.js'
import type { Database, Tx } from '../../../platform/database/database.js'
import type { QueryFn } from '../../../platform/database/hot-statements.js'
import { removeInBatches } from '../../../platform/database/remove-in-batches.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import { createCleanupJob } from '../../../platform/jobs.js'
import type { ResumePassword } from '../passwords/check-password.js'
import { Proof } from '../proof.js'
import {
  deleteChallenge,
  deleteExpiredChallenges,
  giveBackAttempt,
  insertChallenge,
  isChallengeOpen,
  spendAttempt,
  type RefreshTokenTransport,
} from './mfa-challenge.store.js'

/** How the client wants the session that a sign-in starts. */
export interface RequestedSession {
  readonly transport: RefreshTokenTransport
  readonly deviceName: string | null
}

/** The first factor of a sign-in, proved in an earlier request. It counts for one sign-in. */
class ProofOfChallenge extends Proof {
  override readonly version: number | null
  readonly #first: Proof
  readonly #tokenHash: Buffer

  constructor(first: Proof, tokenHash: Buffer) {
    super(first.userId, first.method)
    this.version = first.version
    this.#first = first
    this.#tokenHash = tokenHash
  }

  override resetFailures = () => this.#first.resetFailures()

  override releaseAttempt = () => this.#first.releaseAttempt()

  override async isStillValid(tx: Tx | QueryFn) {
    const checks = [isChallengeOpen(tx, this.#tokenHash), this.#first.isStillValid(tx)]
    return !(await Promise.all(checks)).includes(false)
  }

  override async saveAfterSignIn(tx: Tx | QueryFn) {
    await Promise.all([deleteChallenge(tx, this.#tokenHash), this.#first.saveAfterSignIn(tx)])
  }
}

/** One try at a challenge. It is counted already. */
export interface ChallengeAttempt extends RequestedSession {
  readonly firstProof: Proof
  readonly attemptsRemaining: number
  /** The code was not evaluated. */
  readonly giveBack: () => Promise<void>
}

export interface MfaChallengeDeps {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly resumePassword: ResumePassword
}

const tokenBytes = 32
// 10 minutes: long enough to find the phone.
const lifetimeMs = 10 * 60_000
const maxAttempts = 5

/** Sign-ins that still need their second factor. Nothing is in a cookie: every client and gateway can finish them. */
export function createMfaChallenges(deps: MfaChallengeDeps) {
  const { database, clock, random, resumePassword } = deps
  const { query } = database

  return {
    /** Stores that the first factor is proved. The token is for the client; the database keeps only its hash. */
    async create(tx: Tx | QueryFn, first: Proof, { transport, deviceName }: RequestedSession) {
      Proof.assertSameUser([first])
      const token = random(tokenBytes)
      const expiresAt = addMs(clock.now(), lifetimeMs)
      const { userId, method: firstMethod, version: credentialVersion } = first
      const proof = { tokenHash: hashOf(token), userId, firstMethod, credentialVersion }
      await insertChallenge(tx, { ...proof, transport, deviceName, expiresAt })
      return { challengeToken: token.toString('base64url'), expiresAt }
    },

    /** Counts one try. Null: the challenge is unknown, used or expired, or has no try left. */
    async spend(challengeToken: string, request: RequestInfo): Promise<ChallengeAttempt | null> {
      const tokenHash = hashToken(challengeToken)
      const now = clock.now()
      const row = tokenHash && (await spendAttempt(query, tokenHash, { maxAttempts, now }))
      if (!row) return null
      const { userId, firstMethod, credentialVersion, transport, deviceName } = row
      if (firstMethod !== 'PASSWORD' || credentialVersion === null) {
        throw new Error(`A challenge names the first factor ${firstMethod}, which is none.`)
      }
      const password = await resumePassword({ userId, version: credentialVersion }, request)
      if (password === null) return null // the account was deleted
      return {
        firstProof: new ProofOfChallenge(password, row.tokenHash),
        ...{ transport, deviceName },
        attemptsRemaining: maxAttempts - row.attempts,
        giveBack: () => giveBackAttempt(query, row.tokenHash),
      }
    },

    jobs: [
      createCleanupJob('remove expired challenges', () =>
        removeInBatches(database, 'mfaChallenges', (tx, batchSize) =>
          deleteExpiredChallenges(tx, clock.now(), batchSize),
        ),
      ),
    ],
  }
}

/** Null if the text cannot be a token. */
function hashToken(text: string): Buffer | null {
  if (text.length !== Math.ceil((tokenBytes * 4) / 3)) return null
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? hashOf(bytes) : null
}

const hashOf = (token: Buffer) => hash('sha256', token, 'buffer')
