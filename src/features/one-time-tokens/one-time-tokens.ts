import type { OneTimeTokenPurpose } from '../../generated/prisma/enums.js'
import { addMs, type Clock } from '../../platform/clock.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Database, Tx } from '../../platform/database/database.js'
import { hashToken as hashOf, newToken } from './mailed-token.js'
import {
  deleteOldTokens,
  deleteUnusedTokensOf,
  findToken,
  findTokenByHash,
  findUsedToken,
  replaceToken,
  consumeToken,
  type OneTimeTokenRow,
} from './one-time-token.store.js'
import { createCleanupJob } from '../../platform/jobs.js'

/** How long a mailed link is valid, in milliseconds. */
export const tokenLifetimeMs: Record<OneTimeTokenPurpose, number> = {
  VERIFY_EMAIL: 24 * 60 * 60_000,
  RESET_PASSWORD: 30 * 60_000,
}

/** The purpose and the owner of a token. */
export interface TokenRequest {
  readonly userId: string
  readonly purpose: OneTimeTokenPurpose
  /** The address that gets the token, and that the token verifies. */
  readonly email: string
}

export type TokenRefusal = { kind: 'invalid-token' } | { kind: 'token-expired' }

export interface OneTimeTokenDeps {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
}

// How long an expired token still gets another error than an unknown one.
const expiredRetentionMs = 7 * 24 * 60 * 60_000

/**
 * A second request within this window (milliseconds) counts as a repeat: a double click, or a retry after a lost
 * response.
 */
export const repeatWindowMs = 60_000
const batchSize = 500

export type OneTimeTokens = ReturnType<typeof createOneTimeTokens>

/**
 * The tokens in mailed links: 256 random bits, stored as a hash only. A token is valid for one purpose, one account,
 * one address and one use.
 */
export function createOneTimeTokens({ database, clock, random }: OneTimeTokenDeps) {
  const newExpiry = (purpose: OneTimeTokenPurpose) => addMs(clock.now(), tokenLifetimeMs[purpose])

  /** Issues a token and replaces the earlier one of that purpose. */
  async function issue(tx: Tx, { userId, purpose, email }: TokenRequest) {
    const token = newToken(random)
    const tokenHash = hashOf(token)
    const expiresAt = newExpiry(purpose)
    await replaceToken(tx, { userId, purpose, email, tokenHash, expiresAt })
    return { text: token, expiresAt }
  }

  /** The earlier token if it is still worth sending: at least half of its lifetime is left. */
  async function findFresh(tx: Tx, { userId, purpose, email }: TokenRequest, token: string) {
    const row = await findToken(tx, userId, purpose)
    const minExpiresAt = addMs(clock.now(), tokenLifetimeMs[purpose] / 2)
    const isFresh = row?.email === email && isHashOf(token, row) && row.expiresAt > minExpiresAt
    return isFresh ? { text: token, expiresAt: row.expiresAt } : null
  }

  async function removeOld() {
    const now = clock.now()
    const before = { expired: addMs(now, -expiredRetentionMs), used: addMs(now, -repeatWindowMs) }
    while ((await deleteOldTokens(database.db, before, batchSize)) === batchSize);
  }

  return {
    /** The token for a mailed link: reuses the token of an earlier try if it is fresh, else issues one. */
    async reuseOrIssue(tx: Tx, request: TokenRequest, earlierToken: string | null) {
      const fresh = earlierToken === null ? null : await findFresh(tx, request, earlierToken)
      return { accountId: request.userId, ...(fresh ?? (await issue(tx, request))) }
    },

    /** Finds the owner. Does not consume the token, because other input may still be invalid. */
    async check(
      token: string,
      purpose: OneTimeTokenPurpose,
    ): Promise<{ kind: 'valid'; row: OneTimeTokenRow } | TokenRefusal> {
      const row = await findTokenByHash(database.db, hashOf(token))
      if (row?.purpose !== purpose) return { kind: 'invalid-token' }
      if (row.expiresAt <= clock.now()) return { kind: 'token-expired' }
      return { kind: 'valid', row }
    },

    /** Consumes the token. False if a concurrent request consumed it first. */
    consume: (tx: Tx, token: string, purpose: OneTimeTokenPurpose) =>
      consumeToken(tx, hashOf(token), purpose, clock.now()),

    /**
     * Finds a token that was used within the last minute: the request may be a repeat. The used token grants nothing.
     */
    async findUsed(token: string, purpose: OneTimeTokenPurpose): Promise<OneTimeTokenRow | null> {
      const row = await findUsedToken(database.db, hashOf(token))
      const isRecent = !!row && addMs(row.expiresAt, repeatWindowMs) > clock.now()
      return isRecent && row.purpose === purpose ? row : null
    },

    /** Revokes all unused tokens of the user. */
    revokeAll: (tx: Tx, userId: string) => deleteUnusedTokensOf(tx, userId),

    jobs: [createCleanupJob('remove old tokens', removeOld)],
  }
}

const isHashOf = (token: string, { tokenHash }: OneTimeTokenRow) =>
  tokenHash !== null && Buffer.compare(hashOf(token), tokenHash) === 0
