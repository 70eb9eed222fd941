import type { Audit } from '../audit/index.js'
import type { Lockout } from '../limits/index.js'
import type { Outbox } from '../mail/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { PasswordProblem } from '../../platform/graphql/auth-error.types.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import {
  findUser,
  lockUser,
  setEmailVerified,
  type UserRow,
  replaceKnownNetworks,
} from '../users/index.js'
import type { OneTimeTokenRow, OneTimeTokens, TokenRefusal } from '../one-time-tokens/index.js'
import { replacePassword, type FindDuplicate } from '../credentials/index.js'
import type { GuessCounter } from '../guesses/index.js'
import type { PasswordHasher, PasswordPolicy } from '../passwords/index.js'
import { passwordChangedEmail } from './password-changed.email.js'
import { passwordResetEmail } from './reset-password.email.js'

export interface PasswordReset {
  readonly token: string
  readonly newPassword: string
}

export type ResetPasswordOutcome =
  | { kind: 'reset'; user: UserRow }
  | { kind: 'weak-password'; passwordProblems: PasswordProblem[] }
  | TokenRefusal

export interface ResetPasswordDeps {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly passwordPolicy: PasswordPolicy
  readonly tokens: OneTimeTokens
  readonly sessions: Sessions
  readonly lockout: Lockout
  readonly guessCount: GuessCounter
  readonly outbox: Outbox
  readonly audit: Audit
  readonly findDuplicate: FindDuplicate
}

/**
 * Sets the password with a mailed link. It does not sign in (ASVS 6.4.3). It removes all access that existed before:
 * all sessions, pending links and known networks. So an attacker who registered another person's address loses the
 * account when the owner resets the password (account pre-hijacking, Sudhodanan and Paverd 2022).
 */
export function createResetPassword(deps: ResetPasswordDeps) {
  const { database, clock, hasher, passwordPolicy, tokens, sessions } = deps
  const { lockout, guessCount, outbox, audit } = deps

  return async (
    { token, newPassword }: PasswordReset,
    request: RequestInfo,
  ): Promise<ResetPasswordOutcome> => {
    const found = await tokens.check(token, 'RESET_PASSWORD')
    if (found.kind === 'invalid-token') return answerDuplicate(token, newPassword, request)
    if (found.kind !== 'valid') return found
    const user = await findUser(database.db, found.row.userId)
    if (!user) return { kind: 'invalid-token' }
    const policyResult = await passwordPolicy(newPassword, user)
    if (policyResult.kind !== 'acceptable') return policyResult

    const hash = await hasher.hash(policyResult.password) // slow: before the transaction
    const updatedUser = await database.transaction((tx) =>
      setPassword(tx, found.row, token, hash, request),
    )
    if (!updatedUser) return answerDuplicate(token, newPassword, request)
    // Resets the counter of the owner's network only. Failures from other networks still count.
    await lockout.reset({ account: updatedUser.email, knownNetwork: request.network })
    return { kind: 'reset', user: updatedUser }
  }

  /** The same token and password within a minute get the same answer. Nothing is written again. */
  async function answerDuplicate(
    token: string,
    newPassword: string,
    request: RequestInfo,
  ): Promise<ResetPasswordOutcome> {
    const purpose = 'RESET_PASSWORD' as const
    const candidate = { token, purpose, password: newPassword, viewerId: null }
    const user = await deps.findDuplicate(candidate, request)
    return user ? { kind: 'reset', user } : { kind: 'invalid-token' }
  }

  async function setPassword(
    tx: Tx,
    { userId, email: sentTo }: OneTimeTokenRow,
    token: string,
    hash: string,
    request: RequestInfo,
  ) {
    const locked = await lockUser(tx, userId)
    if (!locked || locked.disabled || locked.email !== sentTo) return null
    if (!(await tokens.consume(tx, token, 'RESET_PASSWORD'))) return null
    const now = clock.now()
    await replacePassword(tx, userId, hash, now)
    await sessions.endOthers(tx, userId, [], 'PASSWORD_CHANGED')
    await tokens.revokeAll(tx, userId)
    await replaceKnownNetworks(tx, userId, request.network, now)
    await guessCount.reset(tx, sentTo)
    const event = { actorId: userId, targetId: userId }
    if (!locked.verified) {
      await setEmailVerified(tx, userId, now) // the link proves access to the mailbox
      await audit.record(tx, { type: 'EMAIL_VERIFIED', ...event }, request)
    }
    await audit.record(tx, { type: 'PASSWORD_RESET', ...event }, request)
    const user = await findUser(tx, userId)
    if (!user) return null
    const { email, locale } = user
    await outbox.cancelWaiting(tx, passwordResetEmail, email)
    await outbox.enqueue(tx, {
      kind: passwordChangedEmail,
      recipient: email,
      accountId: userId,
      locale,
    })
    return user
  }
}
