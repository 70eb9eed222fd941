import type { OneTimeTokenPurpose } from '../../generated/prisma/enums.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { findRecipient, findUser, type UserRow } from '../users/index.js'
import type { OneTimeTokenRow, OneTimeTokens } from '../one-time-tokens/index.js'
import type { CheckPassword } from './passwords/check-password.js'

export interface FindDuplicateDeps {
  readonly database: Database
  readonly tokens: OneTimeTokens
  readonly checkPassword: CheckPassword
}

export interface DuplicateCandidate {
  readonly token: string
  readonly purpose: OneTimeTokenPurpose
  /** The password that the first request proved or set. */
  readonly password: string | null
  /** Whose session sends the request; null without one, or where a session proves nothing. */
  readonly viewerId: string | null
}

export type FindDuplicate = ReturnType<typeof createFindDuplicate>

/**
 * Recognizes a request that was done a moment ago: a double click, a proxy's retry, a client's retry after a lost answer.
 * It writes nothing and proves nothing new: the password is a guess like any other, with the lockout's limits.
 */
export function createFindDuplicate({ database, tokens, checkPassword }: FindDuplicateDeps) {
  return async (candidate: DuplicateCandidate, request: RequestInfo): Promise<UserRow | null> => {
    const usedToken = await tokens.findUsed(candidate.token, candidate.purpose)
    if (!usedToken) return null
    const owner = await findRecipient(database.db, usedToken.email)
    if (owner?.id !== usedToken.userId || owner.isDisabled) return null
    const isProved =
      candidate.viewerId === owner.id || (await isCorrectPassword(usedToken, candidate, request))
    return isProved ? findUser(database.db, owner.id) : null
  }

  async function isCorrectPassword(
    { userId, email }: OneTimeTokenRow,
    { password }: DuplicateCandidate,
    request: RequestInfo,
  ) {
    if (password === null) return false
    const check = await checkPassword(email, password, request)
    if (check.kind === 'wrong' || check.password.userId !== userId) return false
    await check.password.resetFailures()
    return true
  }
}
