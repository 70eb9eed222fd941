import type { Db, Tx } from '../../platform/database/database.js'

/** Inserts these networks, or updates the last sign-in of known ones. */
export const upsertNetworksSql = (rows: string) => `
    INSERT INTO known_addresses (user_id, network, last_sign_in_at) ${rows}
    ON CONFLICT (user_id, network) DO UPDATE SET last_sign_in_at = EXCLUDED.last_sign_in_at`

const saveNetworkSql = upsertNetworksSql('VALUES ($1::uuid, $2, $3::timestamptz)')

export async function saveKnownNetwork(tx: Tx, userId: string, network: string, now: Date) {
  await tx.$executeRawUnsafe(saveNetworkSql, userId, network, now)
}

export const deleteOldNetworks = (db: Db, before: Date, limit: number): Promise<number> =>
  db.$executeRaw`
    DELETE FROM known_addresses WHERE (user_id, network) IN (
      SELECT user_id, network FROM known_addresses WHERE last_sign_in_at < ${before}
      ORDER BY last_sign_in_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`

/** After a change of password, the network of the change is the only known one. */
export async function replaceKnownNetworks(tx: Tx, userId: string, network: string, now: Date) {
  await tx.knownAddress.deleteMany({ where: { userId } })
  await saveKnownNetwork(tx, userId, network, now)
}

export const listKnownNetworks = (db: Db, userId: string) =>
  db.knownAddress.findMany({
    where: { userId },
    orderBy: { lastSignInAt: 'desc' },
    select: { network: true, lastSignInAt: true },
  })
