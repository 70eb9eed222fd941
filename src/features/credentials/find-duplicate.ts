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
  /** The signed-in user. Null without a session, or where a session proves nothing. */
  readonly viewerId: string | null
}

export type FindDuplicate = ReturnType<typeof createFindDuplicate>

/**
 * Recognizes the repetition of a request that succeeded: a double click, or a retry after a lost response. It writes
 * nothing and proves nothing new. The password counts as a guess, with the limits of the lockout.
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
