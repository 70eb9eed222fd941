import type { Db, Tx } from '../../../platform/database/database.js'
import { askThrough, type Ask } from '../../../platform/database/hot-statements.js'

export interface Credential {
  readonly userId: string
  readonly hash: string | null
  /** Rises with every change of the password. */
  readonly version: number
  /** Whether the account signed in from there since then. */
  readonly fromKnownAddress: boolean
}

const find = {
  name: 'credential',
  text: `
    SELECT u.id AS "userId", p.hash, COALESCE(p.version, 0) AS version,
      k.user_id IS NOT NULL AS "fromKnownAddress"
    FROM users u
    LEFT JOIN password_credentials p ON p.user_id = u.id
    LEFT JOIN known_addresses k
      ON k.user_id = u.id AND k.network = $2 AND k.last_sign_in_at > $3::timestamptz
    WHERE u.email = $1`,
}

export async function findCredential(
  ask: Ask,
  email: string,
  { network, since }: { network: string; since: Date },
): Promise<Credential | null> {
  const [row] = await ask<Credential>(find, [email, network, since])
  return row ?? null
}

/**
 * Read after the lock, in a statement of its own: a sub-select of the locking statement would still see
 * the password from before the wait (PostgreSQL, READ COMMITTED).
 */
export async function readCredentialVersion(tx: Tx, userId: string) {
  const row = await tx.passwordCredential.findUnique({
    where: { userId },
    select: { version: true },
  })
  return row?.version ?? null
}

/** When the password was last replaced. */
export async function readPasswordChangedAt(db: Db, userId: string) {
  const row = await db.passwordCredential.findUnique({
    where: { userId },
    select: { changedAt: true },
  })
  return row?.changedAt ?? null
}

/** The same password under stronger parameters: the version stays. */
export async function replaceHash(tx: Tx | Ask, userId: string, hash: string) {
  await askThrough(tx)(rehash, [userId, hash])
}

const rehash = {
  name: 'rehash',
  text: 'UPDATE password_credentials SET hash = $2 WHERE user_id = $1::uuid',
}

/** Another password: whoever verified the old one has verified nothing. */
export async function replacePassword(tx: Tx, userId: string, hash: string, changedAt: Date) {
  await tx.passwordCredential.upsert({
    where: { userId },
    create: { userId, hash, changedAt },
    update: { hash, changedAt, version: { increment: 1 } },
    select: { userId: true },
  })
  await tx.user.update({
    where: { id: userId },
    data: { updatedAt: changedAt },
    select: { id: true },
  })
}
