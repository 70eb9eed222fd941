import type { Db, Tx } from '../../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../../platform/database/hot-statements.js'
import { resetCodeFailures } from '../code-failures.store.js'

/** The stored credential of an address, whether or not an account has the address. */
export interface Credential {
  /** Null when no account has the address. */
  readonly userId: string | null
  readonly hash: string | null
  /** Increases with every change of the password. */
  readonly version: number
  /** Wrong passwords from this network since the last successful sign-in. Null when the network is not known. */
  readonly knownNetworkFailures: number | null
  /** Wrong passwords from all unknown networks since the last reset. */
  readonly unknownNetworkFailures: number
}

// Returns one row for every address: the failure counter exists even without an account.
const findStatement = {
  name: 'credential',
  text: `
    SELECT u.id AS "userId", p.hash, COALESCE(p.version, 0) AS version,
      k.failures AS "knownNetworkFailures", COALESCE(g.failures, 0) AS "unknownNetworkFailures"
    FROM (SELECT 1) AS one
    LEFT JOIN users u ON u.email = $1
    LEFT JOIN password_credentials p ON p.user_id = u.id
    LEFT JOIN known_addresses k
      ON k.user_id = u.id AND k.network = $2 AND k.last_sign_in_at > $3::timestamptz
    LEFT JOIN guess_counts g ON g.address_key = $4::bytea AND g.last_failure_at > $5::timestamptz`,
}

export interface GuessOrigin {
  readonly network: string
  /** A sign-in from the network after this time makes the network known. */
  readonly knownSince: Date
  readonly emailKey: Buffer
  /** Counts only failures after this time. */
  readonly countedSince: Date
}

export async function findCredential(query: QueryFn, email: string, origin: GuessOrigin) {
  const { network, knownSince, emailKey, countedSince } = origin
  const values = [email, network, knownSince, emailKey, countedSince]
  const [row] = await query<Credential>(findStatement, values)
  if (!row) throw new Error('The credential statement returned no row.')
  return row
}

/**
 * Reads the version after the lock, in a separate statement. A subquery of the locking statement would still see the
 * password from before the wait (PostgreSQL, READ COMMITTED).
 */
export async function readCredentialVersion(tx: Tx | QueryFn, userId: string) {
  const [row] = await queryOn(tx)<{ version: number }>(versionStatement, [userId])
  return row?.version ?? null
}

const versionStatement = {
  name: 'credential-version',
  text: 'SELECT version FROM password_credentials WHERE user_id = $1::uuid',
}

/** Returns the time of the last password change. */
export async function readPasswordChangedAt(db: Db, userId: string) {
  const row = await db.passwordCredential.findUnique({
    where: { userId },
    select: { changedAt: true },
  })
  return row?.changedAt ?? null
}

/** Stores the same password with stronger hash parameters. The version stays the same. */
export async function replaceHash(tx: Tx | QueryFn, userId: string, hash: string) {
  await queryOn(tx)(replaceHashStatement, [userId, hash])
}

const replaceHashStatement = {
  name: 'rehash',
  text: 'UPDATE password_credentials SET hash = $2 WHERE user_id = $1::uuid',
}

/** Stores another password and increases the version. This invalidates proofs of the old password. */
export async function replacePassword(tx: Tx, userId: string, hash: string, changedAt: Date) {
  await tx.passwordCredential.upsert({
    where: { userId },
    create: { userId, hash, changedAt },
    update: { hash, changedAt, version: { increment: 1 } },
    select: { userId: true },
  })
  // The wrong codes came from someone who knew the old password.
  await resetCodeFailures(tx, userId)
  await tx.user.update({
    where: { id: userId },
    data: { updatedAt: changedAt },
    select: { id: true },
  })
}
