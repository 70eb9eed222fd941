import type { OneTimeTokenPurpose } from '../../generated/prisma/enums.js'
import type { Db, Tx } from '../../platform/database/database.js'

export interface OneTimeTokenRow {
  readonly userId: string
  readonly purpose: OneTimeTokenPurpose
  readonly tokenHash: Uint8Array<ArrayBuffer>
  readonly email: string
  readonly expiresAt: Date
}

/** Replaces what there was for the same purpose. */
export async function putToken(tx: Tx, { userId, purpose, ...rest }: OneTimeTokenRow) {
  await tx.oneTimeToken.upsert({
    where: { userId_purpose: { userId, purpose } },
    create: { userId, purpose, ...rest },
    update: rest,
    select: { userId: true },
  })
}

export const findToken = (
  db: Db | Tx,
  userId: string,
  purpose: OneTimeTokenPurpose,
): Promise<OneTimeTokenRow | null> =>
  db.oneTimeToken.findUnique({ where: { userId_purpose: { userId, purpose } } })

export const findTokenByHash = (db: Db, tokenHash: Uint8Array<ArrayBuffer>) =>
  db.oneTimeToken.findUnique({ where: { tokenHash } })

/** The number of rows is the verdict: of any number of racers one gets a row. */
export async function takeToken(
  tx: Tx,
  tokenHash: Uint8Array<ArrayBuffer>,
  purpose: OneTimeTokenPurpose,
  now: Date,
) {
  const { count } = await tx.oneTimeToken.deleteMany({
    where: { tokenHash, purpose, expiresAt: { gt: now } },
  })
  return count > 0
}

export async function deleteTokensOf(tx: Tx, userId: string) {
  await tx.oneTimeToken.deleteMany({ where: { userId } })
}

export const deleteExpiredTokens = (db: Db, before: Date, limit: number): Promise<number> =>
  db.$executeRaw`
    DELETE FROM one_time_tokens WHERE (user_id, purpose) IN (
      SELECT user_id, purpose FROM one_time_tokens WHERE expires_at < ${before}
      ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`
