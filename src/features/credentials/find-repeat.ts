import type { OneTimeTokenPurpose } from '../../generated/prisma/enums.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { findAddressee, findUser, type UserRow } from '../users/index.js'
import type { OneTimeTokenRow, OneTimeTokens } from '../one-time-tokens/index.js'
import type { CheckPassword } from './passwords/check-password.js'

export interface FindRepeatNeeds {
  readonly database: Database
  readonly tokens: OneTimeTokens
  readonly checkPassword: CheckPassword
}

export interface Repeat {
  readonly token: string
  readonly purpose: OneTimeTokenPurpose
  /** The password that the first request proved or set. */
  readonly password: string | null
  /** Whose session sends the request; null without one, or where a session proves nothing. */
  readonly viewerId: string | null
}

export type FindRepeat = ReturnType<typeof createFindRepeat>

/**
 * Recognizes a request that was done a moment ago: a double click, a proxy's retry, a client's retry after a lost answer.
 * It writes nothing and proves nothing new: the password is a guess like any other, with the lockout's limits.
 */
export function createFindRepeat({ database, tokens, checkPassword }: FindRepeatNeeds) {
  return async (repeat: Repeat, request: RequestInfo): Promise<UserRow | null> => {
    const used = await tokens.findUsed(repeat.token, repeat.purpose)
    if (!used) return null
    const owner = await findAddressee(database.db, used.email)
    if (owner?.id !== used.userId || owner.isDisabled) return null
    const isProved = repeat.viewerId === owner.id || (await isPassword(used, repeat, request))
    return isProved ? findUser(database.db, owner.id) : null
  }

  async function isPassword(
    { userId, email }: OneTimeTokenRow,
    { password }: Repeat,
    request: RequestInfo,
  ) {
    if (password === null) return false
    const check = await checkPassword(email, password, request)
    if (check.kind === 'wrong' || check.password.userId !== userId) return false
    await check.password.succeed()
    return true
  }
}
