import type { Audit } from '../../audit/index.js'
import type { Lockout } from '../../limits/index.js'
import type { Outbox } from '../../mail/index.js'
import type { Sessions } from '../../sessions/index.js'
import type { Clock } from '../../../platform/clock.js'
import type { Database, Tx } from '../../../platform/database/database.js'
import type { PasswordProblem } from '../../../platform/graphql/auth-error.types.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import {
  findUser,
  lockUser,
  setEmailVerified,
  type UserRow,
  replaceAddresses,
} from '../../users/index.js'
import type { FindRepeat } from '../find-repeat.js'
import type { OneTimeTokenRow, OneTimeTokens, TokenRefusal } from '../../one-time-tokens/index.js'
import { replacePassword } from './credential.store.js'
import type { GuessCount } from '../../guesses/index.js'
import type { PasswordHasher, PasswordPolicy } from '../../passwords/index.js'
import { passwordChanged } from './password-changed.email.js'
import { resetPassword } from './reset-password.email.js'

export interface PasswordReset {
  readonly token: string
  readonly newPassword: string
}

export type ResetPasswordOutcome =
  | { kind: 'reset'; user: UserRow }
  | { kind: 'weak-password'; passwordProblems: PasswordProblem[] }
  | TokenRefusal

export interface ResetPasswordNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly passwordPolicy: PasswordPolicy
  readonly tokens: OneTimeTokens
  readonly sessions: Sessions
  readonly lockout: Lockout
  readonly guessCount: GuessCount
  readonly outbox: Outbox
  readonly audit: Audit
  readonly findRepeat: FindRepeat
}

/**
 * Sets the password by a mailed link. It signs nobody in (ASVS 6.4.3), and leaves nothing of whoever had the account
 * before: every session, every pending link and every known address goes. So a stranger who registered somebody else's
 * address keeps nothing once its owner comes (account pre-hijacking, Sudhodanan and Paverd 2022).
 */
export function createResetPassword(needs: ResetPasswordNeeds) {
  const { database, clock, hasher, passwordPolicy, tokens, sessions } = needs
  const { lockout, guessCount, outbox, audit } = needs

  return async (
    { token, newPassword }: PasswordReset,
    request: RequestInfo,
  ): Promise<ResetPasswordOutcome> => {
    const found = await tokens.look(token, 'RESET_PASSWORD')
    if (found.kind === 'invalid-token') return repeated(token, newPassword, request)
    if (found.kind !== 'valid') return found
    const user = await findUser(database.db, found.row.userId)
    if (!user) return { kind: 'invalid-token' }
    const judged = await passwordPolicy(newPassword, user)
    if (judged.kind !== 'acceptable') return judged

    const hash = await hasher.hash(judged.password) // slow: before the transaction
    const reset = await database.transaction((tx) => set(tx, found.row, token, hash, request))
    if (!reset) return repeated(token, newPassword, request)
    // Strangers' failures go on counting; from here the owner starts anew.
    await lockout.forgive({ account: reset.email, knownNetwork: request.network })
    return { kind: 'reset', user: reset }
  }

  /** The same token and the same password within a minute: the same answer, and nothing is done again. */
  async function repeated(
    token: string,
    newPassword: string,
    request: RequestInfo,
  ): Promise<ResetPasswordOutcome> {
    const purpose = 'RESET_PASSWORD' as const
    const repeat = { token, purpose, password: newPassword, viewerId: null }
    const user = await needs.findRepeat(repeat, request)
    return user ? { kind: 'reset', user } : { kind: 'invalid-token' }
  }

  async function set(
    tx: Tx,
    { userId, email: sentTo }: OneTimeTokenRow,
    token: string,
    hash: string,
    request: RequestInfo,
  ) {
    const locked = await lockUser(tx, userId)
    if (!locked || locked.disabled || locked.email !== sentTo) return null
    if (!(await tokens.use(tx, token, 'RESET_PASSWORD'))) return null
    const now = clock.now()
    await replacePassword(tx, userId, hash, now)
    await sessions.endOthers(tx, userId, [], 'PASSWORD_CHANGED')
    await tokens.endAll(tx, userId)
    await replaceAddresses(tx, userId, request.network, now)
    await guessCount.forgive(tx, sentTo)
    const event = { actorId: userId, targetId: userId }
    if (!locked.verified) {
      await setEmailVerified(tx, userId, now) // whoever has the link reads the mail
      await audit.record(tx, { type: 'EMAIL_VERIFIED', ...event }, request)
    }
    await audit.record(tx, { type: 'PASSWORD_RESET', ...event }, request)
    const user = await findUser(tx, userId)
    if (!user) return null
    const { email, locale } = user
    await outbox.withdraw(tx, resetPassword, email)
    await outbox.put(tx, { kind: passwordChanged, recipient: email, accountId: userId, locale })
    return user
  }
}
