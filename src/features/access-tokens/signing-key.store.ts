import type { SigningKeyStatus } from '../../generated/prisma/enums.js'
import type { Db, Tx } from '../../platform/database/database.js'

export interface SigningKeyRow {
  readonly id: string
  readonly algorithm: string
  readonly status: SigningKeyStatus
  readonly publicJwk: Record<string, string>
  /** Null once the key is retired. */
  readonly privateJwe: string | null
  readonly createdAt: Date
  readonly changedAt: Date
}

/** All keys including retired ones, newest first. */
export async function readSigningKeys(db: Db | Tx): Promise<SigningKeyRow[]> {
  const rows = await db.signingKey.findMany({ orderBy: { createdAt: 'desc' } })
  return rows.map((row) => ({ ...row, publicJwk: row.publicJwk as Record<string, string> }))
}

/** Whether signing keys exist: false before the first start. */
export const hasSigningKeys = async (db: Db) => (await db.signingKey.count()) > 0

/**
 * Inserts keys whose status is still free. There is one current and one next key: the first replica wins, the others
 * skip.
 */
export async function insertMissingSigningKeys(db: Db | Tx, keys: SigningKeyRow[]) {
  await db.signingKey.createMany({ data: keys, skipDuplicates: true })
}

// Any number that no other lock uses. Row locks are not enough: they do not block a row that another replica is about
// to insert.
const advisoryLockId = 5_284_161

/** Serializes changes of the keys across replicas. */
export async function lockSigningKeys(tx: Tx) {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${advisoryLockId}::bigint)`
}

export async function setSigningKeyStatus(
  tx: Tx,
  id: string,
  status: SigningKeyStatus,
  changedAt: Date,
) {
  const clearedColumns = status === 'RETIRED' ? { privateJwe: null } : {}
  await tx.signingKey.update({
    where: { id },
    data: { status, changedAt, ...clearedColumns },
    select: { id: true },
  })
}

export async function deleteSigningKey(tx: Tx, id: string) {
  await tx.signingKey.delete({ where: { id }, select: { id: true } })
}

/** Only if the value is still `from`. */
export async function replacePrivateJwe(db: Db, id: string, from: string, to: string) {
  await db.signingKey.updateMany({ where: { id, privateJwe: from }, data: { privateJwe: to } })
}
