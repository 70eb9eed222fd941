import type { Db, Tx } from '../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../platform/database/hot-statements.js'
import type { OpenedChallenge } from './challenges/challenge-token.js'

/** A passkey as the API shows it. */
export interface PasskeyRow {
  readonly id: string
  readonly credentialId: Uint8Array
  readonly name: string
  readonly backedUp: boolean
  readonly transports: string[]
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

const shownColumns = {
  id: true,
  credentialId: true,
  name: true,
  backedUp: true,
  transports: true,
  createdAt: true,
  lastUsedAt: true,
} as const

/** The passkeys of a user, oldest first. */
export const listPasskeys = (db: Db | Tx, userId: string): Promise<PasskeyRow[]> =>
  db.passkey.findMany({ where: { userId }, select: shownColumns, orderBy: { id: 'asc' } })

/** All stored data about the passkeys of a user. The public keys are not secret, but of no use to the user. */
export const listPasskeyData = async (db: Db, userId: string) => {
  const rows = await db.passkey.findMany({
    where: { userId },
    omit: { userId: true, publicKey: true },
    orderBy: { id: 'asc' },
  })
  return rows.map(({ credentialId, counter, ...row }) => ({
    ...row,
    credentialId: Buffer.from(credentialId).toString('base64url'),
    counter: Number(counter),
  }))
}

export interface NewPasskeyRow extends PasskeyRow {
  readonly userId: string
  readonly credentialId: Uint8Array<ArrayBuffer>
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly counter: number
  readonly backupEligible: boolean
}

/** False if any account has this credential: the unique index decides. */
export async function insertPasskey(tx: Tx, row: NewPasskeyRow): Promise<boolean> {
  const { count } = await tx.passkey.createMany({ data: [row], skipDuplicates: true })
  return count === 1
}

/** Null when the passkey is not theirs. */
export async function setPasskeyName(
  tx: Tx,
  { id, userId, name }: { id: string; userId: string; name: string },
): Promise<PasskeyRow | null> {
  const [row] = await tx.passkey.updateManyAndReturn({
    where: { id, userId },
    data: { name },
    select: shownColumns,
  })
  return row ?? null
}

export async function hasPasskey(tx: Tx, id: string, userId: string): Promise<boolean> {
  return (await tx.passkey.count({ where: { id, userId } })) === 1
}

export async function deletePasskeyRow(tx: Tx, id: string) {
  await tx.passkey.delete({ where: { id }, select: { id: true } })
}

/** What a sign-in needs to know about a passkey. */
export interface CredentialRow {
  readonly id: string
  readonly userId: string
  readonly publicKey: Uint8Array
  readonly backupEligible: boolean
}

const credentialStatement = {
  name: 'passkey-by-credential',
  text: `
    SELECT id, user_id AS "userId", public_key AS "publicKey", backup_eligible AS "backupEligible"
    FROM passkeys WHERE credential_id = $1::bytea`,
}

export async function findCredential(query: QueryFn, credentialId: Buffer) {
  const [row] = await query<CredentialRow>(credentialStatement, [credentialId])
  return row ?? null
}

/** One use of a passkey: what its authenticator signed. */
export interface PasskeyUse {
  readonly passkeyId: string
  readonly counter: number
  readonly backedUp: boolean
}

/**
 * The SQL condition for a counter that shows no clone: it grew, or the authenticator has none (WebAuthn §6.1.1). The
 * counter of a passkey that may sync says nothing, because its copies are intended.
 */
const acceptsCounter = (counter: string) =>
  `(backup_eligible OR counter < ${counter} OR (counter = 0 AND ${counter} = 0))`

const usableText = `SELECT FROM passkeys WHERE id = $1::uuid AND ${acceptsCounter('$2::bigint')}`

const isUsableStatement = {
  name: 'passkey-is-usable',
  text: `SELECT EXISTS (${usableText}) AS "isUsable"`,
}

/** Whether the passkey still exists and its counter shows no clone. Call it under the user's lock. */
export async function isUsable(tx: Tx | QueryFn, { passkeyId, counter }: PasskeyUse) {
  const values = [passkeyId, counter]
  const [row] = await queryOn(tx)<{ isUsable: boolean }>(isUsableStatement, values)
  return row?.isUsable === true
}

const useChallengeStatement = {
  name: 'use-passkey-challenge',
  text: `
    WITH usable AS (${usableText}),
    used AS (
      INSERT INTO used_challenges (token_hash, expires_at)
      SELECT $3::bytea, $4::timestamptz FROM usable
      ON CONFLICT DO NOTHING RETURNING 1)
    SELECT EXISTS (SELECT FROM usable) AS "isUsable", EXISTS (SELECT FROM used) AS "isFirstUse",
      EXISTS (SELECT FROM used_challenges WHERE token_hash = $3::bytea) AS "wasUsed"`,
}

interface ChallengeUseRow {
  readonly isUsable: boolean
  readonly isFirstUse: boolean
  readonly wasUsed: boolean
}

/**
 * Uses up the challenge for a usable passkey: the primary key of used challenges decides which request is the first.
 * Call it under the user's lock.
 */
export async function useChallenge(
  tx: Tx | QueryFn,
  { passkeyId, counter }: PasskeyUse,
  { tokenHash, expiresAt }: OpenedChallenge,
) {
  const values = [passkeyId, counter, tokenHash, expiresAt]
  const [row] = await queryOn(tx)<ChallengeUseRow>(useChallengeStatement, values)
  if (row?.isFirstUse) return 'first-use' as const
  return row?.isUsable === true || row?.wasUsed === true ? ('used' as const) : ('unusable' as const)
}

const recordStatement = {
  name: 'record-passkey-use',
  text: `
    UPDATE passkeys SET counter = $2::bigint, backed_up = $3::boolean, last_used_at = $4::timestamptz
    WHERE id = $1::uuid AND ${acceptsCounter('$2::bigint')} RETURNING 1`,
}

/** False when the passkey is not usable any more. */
export async function recordUse(tx: Tx | QueryFn, use: PasskeyUse, now: Date): Promise<boolean> {
  const values = [use.passkeyId, use.counter, use.backedUp, now]
  return (await queryOn(tx)(recordStatement, values)).length === 1
}
