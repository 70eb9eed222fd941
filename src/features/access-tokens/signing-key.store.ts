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

/** All keys, retired ones included, the newest first. */
export async function readSigningKeys(db: Db | Tx): Promise<SigningKeyRow[]> {
  const rows = await db.signingKey.findMany({ orderBy: { createdAt: 'desc' } })
  return rows.map((row) => ({ ...row, publicJwk: row.publicJwk as Record<string, string> }))
}

/** False before the first start. */
export const hasSigningKeys = async (db: Db) => (await db.signingKey.count()) > 0

/** There is one current and one next key: whichever replica comes first makes it, the others' are dropped. */
export async function insertMissingSigningKeys(db: Db | Tx, keys: SigningKeyRow[]) {
  await db.signingKey.createMany({ data: keys, skipDuplicates: true })
}

// Any number that nothing else locks. A lock on the rows would not do: it does not hold back the row that
// the other replica is about to insert.
const advisoryLockId = 5_284_161

/** Changes of the keys happen one after the other, whichever replicas make them. */
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

/** Only if nobody changed it meanwhile. */
export async function replacePrivateJwe(db: Db, id: string, from: string, to: string) {
  await db.signingKey.updateMany({ where: { id, privateJwe: from }, data: { privateJwe: to } })
}
