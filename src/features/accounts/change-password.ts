import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import type { PasswordProblem } from '../../platform/graphql/auth-error.types.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { findUser, lockUser, type UserRow } from './account.store.js'
import { readCredentialVersion, replacePassword } from './credential.store.js'
import type { CheckPassword } from './check-password.js'
import { forgetAddresses } from './known-address.store.js'
import type { PasswordHasher } from './password-hasher.js'
import type { PasswordPolicy } from './password-policy.js'

export interface PasswordChange {
  readonly currentPassword: string | null
  readonly newPassword: string
}

export type ChangePasswordOutcome =
  | { kind: 'changed'; user: UserRow }
  | { kind: 'weak-password'; passwordProblems: PasswordProblem[] }
  | { kind: 'invalid-credentials' }

export interface ChangePasswordNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly sessions: Sessions
  readonly audit: Audit
  readonly checkPassword: CheckPassword
  readonly passwordPolicy: PasswordPolicy
}

/**
 * Replaces the password of the viewer, who has to know the old one: a stolen access token alone must not be enough to
 * keep an account (ASVS 6.2.3). Every other session ends, and is a stranger's again wherever it came from.
 */
export function createChangePassword(needs: ChangePasswordNeeds) {
  const { database, clock, hasher, sessions, audit, checkPassword, passwordPolicy } = needs

  return async (
    { userId, sessionId }: Viewer,
    { currentPassword, newPassword }: PasswordChange,
    request: RequestInfo,
  ): Promise<ChangePasswordOutcome> => {
    const user = await findUser(database.db, userId)
    if (!user) return { kind: 'invalid-credentials' }
    const problems = await passwordPolicy(newPassword, user)
    if (problems.length > 0) return { kind: 'weak-password', passwordProblems: problems }

    const check = await checkPassword(user.email, currentPassword ?? '', request)
    if (check.kind === 'wrong' || check.password.userId !== userId) {
      const event = { actorId: userId, targetId: userId, sessionId, success: false } as const
      await database.transaction((tx) =>
        audit.record(tx, { type: 'PASSWORD_CHANGED', ...event }, request),
      )
      return { kind: 'invalid-credentials' }
    }
    await check.password.guess.succeed()

    const hash = await hasher.hash(newPassword) // slow: before the transaction
    const now = clock.now()
    const changed = await database.transaction(async (tx) => {
      const locked = await lockUser(tx, userId)
      const version = locked && (await readCredentialVersion(tx, userId))
      // Somebody else, a reset for example, was faster: the password that was verified is no longer one.
      if (version !== check.password.version) return false
      await replacePassword(tx, userId, hash, now)
      await sessions.endOthers(tx, userId, sessionId, 'PASSWORD_CHANGED')
      await forgetAddresses(tx, userId, { except: request.network })
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'PASSWORD_CHANGED', ...event }, request)
      return true
    })
    return changed
      ? { kind: 'changed', user: { ...user, updatedAt: now } }
      : { kind: 'invalid-credentials' }
  }
}
