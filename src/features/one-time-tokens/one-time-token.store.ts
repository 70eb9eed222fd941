import type { OneTimeTokenPurpose } from '../../generated/prisma/enums.js'
import type { Db, Tx } from '../../platform/database/database.js'

export interface OneTimeTokenRow {
  readonly userId: string
  readonly purpose: OneTimeTokenPurpose
  readonly tokenHash: Uint8Array<ArrayBuffer> | null
  readonly email: string
  readonly expiresAt: Date
}

/** Replaces the earlier token of the same purpose, used or not. */
export async function replaceToken(tx: Tx, { userId, purpose, ...rest }: OneTimeTokenRow) {
  await tx.oneTimeToken.upsert({
    where: { userId_purpose: { userId, purpose } },
    create: { userId, purpose, ...rest },
    update: { ...rest, usedHash: null },
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

/** A used token. Its `expiresAt` is the time of use. */
export const findUsedToken = (
  db: Db,
  usedHash: Uint8Array<ArrayBuffer>,
): Promise<OneTimeTokenRow | null> => db.oneTimeToken.findUnique({ where: { usedHash } })

/**
 * The row count decides: of concurrent requests, one gets the row. The hash moves to another column. There no lookup
 * for a valid token finds it, neither in this version of the service nor in an older one that runs at the same time.
 */
export async function consumeToken(
  tx: Tx,
  tokenHash: Uint8Array<ArrayBuffer>,
  purpose: OneTimeTokenPurpose,
  now: Date,
) {
  const { count } = await tx.oneTimeToken.updateMany({
    where: { tokenHash, purpose, expiresAt: { gt: now } },
    data: { tokenHash: null, usedHash: tokenHash, expiresAt: now },
  })
  return count > 0
}

export async function deleteUnusedTokensOf(tx: Tx, userId: string) {
  await tx.oneTimeToken.deleteMany({ where: { userId, usedHash: null } })
}

/** Deletes tokens that expired or were used before these times. */
export const deleteOldTokens = (
  db: Db,
  before: { readonly expired: Date; readonly used: Date },
  limit: number,
): Promise<number> =>
  db.$executeRaw`
    DELETE FROM one_time_tokens WHERE (user_id, purpose) IN (
      SELECT user_id, purpose FROM one_time_tokens
      WHERE expires_at < ${before.used} AND (used_hash IS NOT NULL OR expires_at < ${before.expired})
      ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`
