import type { Db } from '../../platform/database/database.js'

export interface StoredSigningKey {
  readonly id: string
  readonly algorithm: string
  readonly publicJwk: Record<string, string>
  readonly privateJwe: string
}

/** All keys, the newest first. */
export async function readSigningKeys(db: Db): Promise<StoredSigningKey[]> {
  const rows = await db.signingKey.findMany({ orderBy: { createdAt: 'desc' } })
  return rows.map((row) => ({ ...row, publicJwk: row.publicJwk as Record<string, string> }))
}

/** Whichever replica comes first makes the current key; the others' keys are dropped unseen. */
export async function offerFirstSigningKey(db: Db, key: StoredSigningKey, createdAt: Date) {
  await db.signingKey.createMany({
    data: [{ ...key, status: 'CURRENT', createdAt }],
    skipDuplicates: true,
  })
}
