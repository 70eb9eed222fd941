import type { Audit } from '../audit/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { findUser, lockUser, setEmailVerified, type UserRow } from '../users/index.js'
import type { FindDuplicate, CheckPassword } from '../credentials/index.js'
import type { OneTimeTokens, TokenRefusal } from '../one-time-tokens/index.js'

export type VerifyEmailOutcome =
  { kind: 'verified'; user: UserRow } | { kind: 'invalid-credentials' } | TokenRefusal

export interface VerifyEmailDeps {
  readonly database: Database
  readonly clock: Clock
  readonly checkPassword: CheckPassword
  readonly tokens: OneTimeTokens
  readonly audit: Audit
  readonly findDuplicate: FindDuplicate
}

interface VerifyEmailRequest {
  readonly token: string
  readonly password: string | null
}

/**
 * Verifies an address with a mailed link. A password or a session of the account must also prove that the same person
 * registered it. With the link alone, the owner of a mailbox could confirm an account that an attacker prepared
 * (account pre-hijacking, Sudhodanan and Paverd 2022).
 */
export function createVerifyEmail(deps: VerifyEmailDeps) {
  const { database, clock, checkPassword, tokens, audit } = deps

  return async (
    { token, password }: VerifyEmailRequest,
    viewer: Viewer | null,
    request: RequestInfo,
  ): Promise<VerifyEmailOutcome> => {
    const found = await tokens.check(token, 'VERIFY_EMAIL')
    if (found.kind === 'invalid-token') return answerDuplicate({ token, password }, viewer, request)
    if (found.kind !== 'valid') return found
    const { userId, email } = found.row
    const event = { type: 'EMAIL_VERIFIED', targetId: userId } as const
    if (viewer?.userId !== userId && !(await isCorrectPassword(userId, email, password, request))) {
      await database.transaction((tx) => audit.record(tx, { ...event, success: false }, request))
      return { kind: 'invalid-credentials' }
    }
    const verified = await database.transaction(async (tx) => {
      const locked = await lockUser(tx, userId)
      const canUse = locked && !locked.disabled && locked.email === email
      const used = canUse && (await tokens.consume(tx, token, 'VERIFY_EMAIL'))
      if (!used) return null
      await setEmailVerified(tx, userId, clock.now())
      await audit.record(tx, { ...event, actorId: userId }, request)
      return findUser(tx, userId)
    })
    if (!verified) return answerDuplicate({ token, password }, viewer, request)
    return { kind: 'verified', user: verified }
  }

  /** The same token with a valid proof within a minute gets the same answer. Nothing is written again. */
  async function answerDuplicate(
    { token, password }: VerifyEmailRequest,
    viewer: Viewer | null,
    request: RequestInfo,
  ): Promise<VerifyEmailOutcome> {
    const purpose = 'VERIFY_EMAIL' as const
    const candidate = { token, purpose, password, viewerId: viewer?.userId ?? null }
    const user = await deps.findDuplicate(candidate, request)
    return user ? { kind: 'verified', user } : { kind: 'invalid-token' }
  }

  async function isCorrectPassword(
    userId: string,
    email: string,
    password: string | null,
    request: RequestInfo,
  ) {
    if (password === null) return false
    const check = await checkPassword(email, password, request)
    if (check.kind === 'wrong' || check.password.userId !== userId) return false
    await check.password.resetFailures()
    return true
  }
}
