import type { Audit } from '../audit/index.js'
import { Proof, type CheckSecondFactor } from '../credentials/index.js'
import type { Outbox } from '../mail/index.js'
import { findUser, type UserRow } from '../users/index.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { hashRecoveryCode, parseRecoveryCode } from './recovery-code.js'
import { hasCode, useCode } from './recovery-code.store.js'
import { recoveryCodeUsedEmail } from './emails/recovery-code-used.email.js'

export interface CheckRecoveryCodeDeps {
  readonly database: Database
  readonly outbox: Outbox
  readonly audit: Audit
}

/** The proof that a recovery code was unused. */
class VerifiedRecoveryCode extends Proof {
  readonly #user: UserRow
  readonly #codeHash: Buffer
  readonly #request: RequestInfo
  readonly #deps: CheckRecoveryCodeDeps

  constructor(user: UserRow, codeHash: Buffer, request: RequestInfo, deps: CheckRecoveryCodeDeps) {
    super(user.id, 'RECOVERY_CODE')
    this.#user = user
    this.#codeHash = codeHash
    this.#request = request
    this.#deps = deps
  }

  // A code cannot be guessed, so no failures are counted.
  override resetFailures = () => Promise.resolve()
  override releaseAttempt = () => Promise.resolve()

  override isStillValid = (tx: Tx | QueryFn) => hasCode(tx, this.userId, this.#codeHash)

  /** Uses the code up and notifies the owner. */
  override async saveAfterSignIn(tx: Tx | QueryFn) {
    const { userId } = this
    const { email: recipient, locale } = this.#user
    const { outbox, audit } = this.#deps
    const remaining = await useCode(tx, userId, this.#codeHash)
    if (remaining === null) {
      throw new Error('Another request used the recovery code in spite of the lock.')
    }
    const event = { type: 'RECOVERY_CODE_USED', actorId: userId, targetId: userId } as const
    await audit.record(tx, event, this.#request)
    const details = { remaining: String(remaining) }
    const message = { recipient, accountId: userId, locale, details }
    await outbox.enqueue(tx, { kind: recoveryCodeUsedEmail, ...message })
  }
}

/** Checks a recovery code of a user. */
export function createCheckRecoveryCode(deps: CheckRecoveryCodeDeps): CheckSecondFactor {
  const { db, query } = deps.database

  return async (userId, { code }, request) => {
    const canonical = code === null ? null : parseRecoveryCode(code)
    if (canonical === null) return null
    const codeHash = hashRecoveryCode(userId, canonical)
    const user = (await hasCode(query, userId, codeHash)) ? await findUser(db, userId) : null
    return user && new VerifiedRecoveryCode(user, codeHash, request, deps)
  }
}
