import type { Audit } from '../../audit/index.js'
import type { Budgets } from '../../limits/index.js'
import type { Outbox } from '../../mail/index.js'
import type { Sessions } from '../../sessions/index.js'
import type { Clock } from '../../../platform/clock.js'
import type { Database, Tx } from '../../../platform/database/database.js'
import type { PasswordProblem } from '../../../platform/graphql/auth-error.types.js'
import type { Viewer } from '../../../platform/graphql/context.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import { findUser, type UserRow } from '../account.store.js'
import { lockForViewer } from '../lock-for-viewer.js'
import type { OneTimeTokens } from '../one-time-tokens.js'
import type { CheckPassword } from './check-password.js'
import { readCredentialVersion, replacePassword } from './credential.store.js'
import { replaceAddresses } from './known-address.store.js'
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
  | { kind: 'session-ended' }

// A thief who knows the password could kill every link that its owner has mailed, by changing it over and over.
const changes = { max: 5, window: 60 * 60_000 }

export interface ChangePasswordNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly budgets: Budgets
  readonly sessions: Sessions
  readonly tokens: OneTimeTokens
  readonly outbox: Outbox
  readonly audit: Audit
  readonly checkPassword: CheckPassword
  readonly passwordPolicy: PasswordPolicy
}

/**
 * Replaces the password of the viewer, who has to know the old one: a stolen access token alone must not be enough to
 * keep an account (ASVS 6.2.3). Every other session and every pending link ends, and only here the account is known.
 */
export function createChangePassword(needs: ChangePasswordNeeds) {
  const { database, clock, hasher, sessions, tokens, outbox, audit } = needs
  const { checkPassword, passwordPolicy, budgets } = needs

  return async (
    viewer: Viewer,
    { currentPassword, newPassword }: PasswordChange,
    request: RequestInfo,
  ): Promise<ChangePasswordOutcome> => {
    const user = await findUser(database.db, viewer.userId)
    if (!user) return { kind: 'session-ended' }
    if (currentPassword === null) return { kind: 'invalid-credentials' }
    const problems = await passwordPolicy(newPassword, user)
    if (problems.length > 0) return { kind: 'weak-password', passwordProblems: problems }

    const check = await checkPassword(user.email, currentPassword, request)
    const verified = check.kind === 'right' && check.password.userId === user.id
    if (!verified) {
      await database.transaction((tx) => record(tx, viewer, request, false))
      return { kind: 'invalid-credentials' }
    }
    await check.password.guess.succeed()
    await budgets.take('changePassword', user.id, changes)
    const hash = await hasher.hash(newPassword) // slow: before the transaction
    return database.transaction((tx) => replace(tx, viewer, check.password.version, hash, request))
  }

  /** What was verified before is looked at again under the user's lock: hashing took a while. */
  async function replace(
    tx: Tx,
    viewer: Viewer,
    version: number,
    hash: string,
    request: RequestInfo,
  ): Promise<ChangePasswordOutcome> {
    const { userId, sessionId } = viewer
    if (!(await lockForViewer(tx, sessions, viewer))) return { kind: 'session-ended' }
    if ((await readCredentialVersion(tx, userId)) !== version) {
      await record(tx, viewer, request, false)
      return { kind: 'invalid-credentials' } // somebody was faster: it is not the old password any more
    }
    const now = clock.now()
    await replacePassword(tx, userId, hash, now)
    await sessions.endOthers(tx, userId, [sessionId], 'PASSWORD_CHANGED')
    await tokens.endAll(tx, userId)
    await replaceAddresses(tx, userId, request.network, now)
    await record(tx, viewer, request, true)
    const user = await findUser(tx, userId)
    if (!user) return { kind: 'session-ended' }
    const { email: recipient, locale } = user
    await outbox.withdraw(tx, 'RESET_PASSWORD', recipient)
    await outbox.put(tx, { kind: 'PASSWORD_CHANGED', recipient, accountId: userId, locale })
    return { kind: 'changed', user }
  }

  function record(tx: Tx, viewer: Viewer, request: RequestInfo, success: boolean) {
    const { userId, sessionId } = viewer
    const event = { actorId: userId, targetId: userId, sessionId, success }
    return audit.record(tx, { type: 'PASSWORD_CHANGED', ...event }, request)
  }
}
