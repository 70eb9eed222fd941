import type { Audit } from '../audit/index.js'
import type { Clock } from '../../platform/clock.js'
import { newId } from '../../platform/crypto/ids.js'
import type { Database, Tx } from '../../platform/database/database.js'
import { deleteUser, findEmailHolder, insertUser } from '../users/index.js'
import type { Password, PasswordHasher } from '../passwords/index.js'
import type { Registration } from './registration.js'

interface NewAccount {
  readonly registration: Registration
  readonly passwordHash: string
  readonly emailVerified: boolean
  /** Whether registration also signs the user in. */
  readonly isSignedIn: boolean
}

export type CreateAccountOutcome =
  | { kind: 'created'; id: string }
  /** `ownerId` has the address, or had it recently and can still restore it. */
  | { kind: 'email-taken'; ownerId: string }
  | { kind: 'username-taken' }

export interface CreateAccountDeps {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly audit: Audit
}

/** Creates accounts. */
export function createAccountCreator({ database, clock, hasher, audit }: CreateAccountDeps) {
  /** Runs in the caller's transaction. */
  async function createAccount(
    tx: Tx,
    { registration, passwordHash, emailVerified, isSignedIn }: NewAccount,
  ): Promise<CreateAccountOutcome> {
    const id = newId(clock)
    const now = clock.now()
    const created = await insertUser(tx, {
      ...registration,
      id,
      passwordHash,
      createdAt: now,
      emailVerifiedAt: emailVerified ? now : null,
      lastLoginAt: isSignedIn ? now : null,
    })
    const ownerId = await findEmailHolder(tx, registration.email, { id, now })
    if (created && ownerId !== null) await deleteUser(tx, id)
    if (ownerId !== null) return { kind: 'email-taken', ownerId }
    return created ? { kind: 'created', id } : { kind: 'username-taken' }
  }

  /** For operators: starts no session, and works even when registration is closed. */
  async function createByOperator(
    registration: Registration,
    { password, emailVerified }: { password: Password; emailVerified: boolean },
  ): Promise<CreateAccountOutcome> {
    const passwordHash = await hasher.hash(password)
    return database.transaction(async (tx) => {
      const account = { registration, passwordHash, emailVerified, isSignedIn: false }
      const created = await createAccount(tx, account)
      if (created.kind === 'created') {
        await audit.record(tx, { type: 'USER_CREATED', targetId: created.id }, null)
      }
      return created
    })
  }

  return { create: createAccount, createByOperator }
}
