import { Prisma } from '../../generated/prisma/client.js'
import type { Db, Tx } from '../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../platform/database/hot-statements.js'
import { reservingCondition } from './reserved-email.store.js'
import { upsertNetworksSql } from './known-network.store.js'
import { usernameKey } from './username.js'

/** An account as its owner sees it. */
export interface UserRow {
  readonly id: string
  readonly email: string
  readonly emailVerifiedAt: Date | null
  readonly username: string | null
  readonly name: string | null
  readonly bio: string | null
  readonly image: string | null
  readonly locale: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly lastLoginAt: Date | null
}

/** The columns of a UserRow, for `FROM users u`. */
export const userColumns = `
  u.id, u.email, u.email_verified_at AS "emailVerifiedAt", u.username, u.name, u.bio, u.image, u.locale,
  u.created_at AS "createdAt", u.updated_at AS "updatedAt", u.last_login_at AS "lastLoginAt"`

export const findUserByEmail = (db: Db, email: string): Promise<UserRow | null> =>
  db.user.findUnique({ where: { email }, omit: { usernameKey: true, disabledAt: true } })

export const findUser = (db: Db | Tx, id: string): Promise<UserRow | null> =>
  db.user.findUnique({ where: { id }, omit: { usernameKey: true, disabledAt: true } })

/** The existing users among `ids`: one statement, in no order. */
export async function findUsers(query: QueryFn, ids: readonly string[]) {
  if (ids.length === 0) return []
  return query<UserRow & { readonly isDisabled: boolean }>(findByIdsStatement, [ids])
}

const findByIdsStatement = {
  name: 'users',
  text: `
    SELECT ${userColumns}, u.disabled_at IS NOT NULL AS "isDisabled"
    FROM users u WHERE u.id = ANY($1::uuid[])`,
}

/** The account that has the address. */
export const findRecipient = async (db: Db | Tx, email: string) => {
  const columns = { id: true, locale: true, emailVerifiedAt: true, disabledAt: true }
  const row = await db.user.findUnique({ where: { email }, select: columns })
  if (!row) return null
  const { id, locale, emailVerifiedAt, disabledAt } = row
  return { id, locale, isVerified: emailVerifiedAt !== null, isDisabled: disabledAt !== null }
}

/**
 * The recipient of a message. Until the transaction ends, the account cannot be deleted and its address cannot change.
 * So rows written for the account meanwhile have an account.
 */
export async function lockRecipient(tx: Tx, email: string) {
  await tx.$queryRaw`SELECT FROM users WHERE email = ${email} FOR KEY SHARE`
  return findRecipient(tx, email)
}

export interface NewUser {
  readonly id: string
  readonly email: string
  readonly emailVerifiedAt: Date | null
  readonly username: string | null
  readonly name: string | null
  readonly locale: string | null
  readonly passwordHash: string
  readonly createdAt: Date
  readonly lastLoginAt: Date | null
}

/**
 * Inserts a user. False if the address or the user name is taken: the unique indexes decide, not an earlier query. An
 * address that its former owner can still reclaim may pass during the change: see findEmailHolder.
 */
export async function insertUser(tx: Tx, user: NewUser) {
  const { id, email, emailVerifiedAt, username, name, locale } = user
  const { passwordHash, createdAt, lastLoginAt } = user
  const created = await tx.$queryRaw<unknown[]>`
    WITH created AS (
      INSERT INTO users (id, email, email_verified_at, username, username_key, name, locale, created_at, updated_at,
        last_login_at)
      SELECT ${id}::uuid, ${email}, ${emailVerifiedAt}::timestamptz, ${username}, ${username && usernameKey(username)},
        ${name}, ${locale}, ${createdAt}::timestamptz, ${createdAt}::timestamptz, ${lastLoginAt}::timestamptz
      WHERE NOT EXISTS (
        SELECT FROM email_changes c WHERE c.old_email = ${email} AND ${reservingCondition(createdAt)})
      ON CONFLICT DO NOTHING RETURNING id)
    INSERT INTO password_credentials (user_id, hash, changed_at)
    SELECT id, ${passwordHash}, ${createdAt}::timestamptz FROM created RETURNING 1`
  return created.length > 0
}

/**
 * The account other than `id` that has the address or can still reclaim it. Call it after insertUser. If insertUser
 * waited for a transaction that changes the address, that transaction has committed, and this separate statement sees
 * it.
 */
export async function findEmailHolder(
  tx: Tx,
  email: string,
  { id, now }: { id: string; now: Date },
) {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE email = ${email} AND id <> ${id}::uuid
    UNION ALL
    SELECT c.user_id FROM email_changes c WHERE c.old_email = ${email} AND ${reservingCondition(now)}
    LIMIT 1`
  return row?.id ?? null
}

/** The ids of accounts by address, for the addresses that have one. */
export async function findIdsByEmail(db: Db, emails: readonly string[]) {
  const where = { email: { in: [...emails] } }
  const rows = await db.user.findMany({ where, select: { id: true, email: true } })
  return new Map(rows.map(({ id, email }) => [email, id]))
}

export interface LockedUser {
  readonly email: string
  readonly disabled: boolean
  /** Whether the user proved that they receive mail at the address. */
  readonly verified: boolean
}

/**
 * Locks the user until the transaction ends. Code that ends sign-ins (disabling, a reset) locks the same row first. So
 * the two run one after the other.
 */
export async function lockUser(tx: Tx, id: string): Promise<LockedUser | null> {
  const [row] = await tx.$queryRaw<LockedUser[]>`
    SELECT email, disabled_at IS NOT NULL AS disabled, email_verified_at IS NOT NULL AS verified
    FROM users WHERE id = ${id}::uuid FOR UPDATE`
  return row ?? null
}

const lockStatement = {
  name: 'lock-for-sign-in',
  text: `
    SELECT u.email, u.disabled_at IS NOT NULL AS disabled, u.email_verified_at IS NOT NULL AS verified
    FROM users u WHERE u.id = $1::uuid FOR UPDATE`,
}

/** Like lockUser, as a hot statement. */
export async function lockForSignIn(tx: Tx | QueryFn, id: string): Promise<LockedUser | null> {
  const [row] = await queryOn(tx)<LockedUser>(lockStatement, [id])
  return row ?? null
}

const signInStatement = {
  name: 'sign-in',
  text: `
    WITH signed_in AS (
      UPDATE users SET last_login_at = $3::timestamptz WHERE id = $1::uuid RETURNING id)
    ${upsertNetworksSql('SELECT id, $2, $3::timestamptz FROM signed_in')}`,
}

export async function recordSignIn(tx: Tx | QueryFn, id: string, network: string, now: Date) {
  await queryOn(tx)(signInStatement, [id, network, now])
}

export async function setEmailVerified(tx: Tx, id: string, now: Date) {
  await tx.user.update({
    where: { id },
    data: { emailVerifiedAt: now, updatedAt: now },
    select: { id: true },
  })
}

/** Sets a new address that the user has just verified. Throws P2002 if an account has it. */
export async function setEmail(tx: Tx, id: string, email: string, now: Date) {
  await tx.user.update({
    where: { id },
    data: { email, emailVerifiedAt: now, updatedAt: now },
    select: { id: true },
  })
}

/** Disables or enables the account. False if it was in that state already. */
export async function setDisabled(tx: Tx, id: string, disabledAt: Date | null) {
  const { count } = await tx.user.updateMany({
    where: { id, disabledAt: disabledAt ? null : { not: null } },
    data: { disabledAt },
  })
  return count > 0
}

/** Whether another account has the address or the user name. */
export const isUniqueViolation = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'

/** Deletes the user and all their data: the foreign keys cascade. */
export async function deleteUser(tx: Tx, id: string) {
  await tx.user.delete({ where: { id }, select: { id: true } })
}
