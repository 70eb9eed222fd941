import type { Db } from '../../platform/database/database.js'

// The header of a JWE is its text up to the first point. It names the secret of AUTH_SECRET that encrypted it. An index
// of the migration has the same expression.
export interface SealedSecret {
  readonly userId: string
  readonly sealedSecret: string
}

/** Secrets that are encrypted with another secret than the current one. `after`: the last user of the page before. */
export const listOutdatedSecrets = (
  db: Db,
  currentHeader: string,
  { after, limit }: { after: string | null; limit: number },
) =>
  db.$queryRaw<SealedSecret[]>`
    SELECT user_id AS "userId", sealed_secret AS "sealedSecret" FROM totp_credentials
    WHERE (split_part(sealed_secret, '.', 1) < ${currentHeader}
      OR split_part(sealed_secret, '.', 1) > ${currentHeader})
      AND (${after}::uuid IS NULL OR user_id > ${after}::uuid)
    ORDER BY user_id LIMIT ${limit}`

/** Replaces the encrypted form, unless the secret was replaced meanwhile. */
export const replaceSealedSecret = (
  db: Db,
  { userId, sealedSecret }: SealedSecret,
  sealed: string,
) =>
  db.totpCredential.updateMany({ where: { userId, sealedSecret }, data: { sealedSecret: sealed } })

/** One row for each other secret that encrypted rows. */
export const listOutdatedHeaders = (db: Db, currentHeader: string) =>
  db.$queryRaw<{ sealedSecret: string }[]>`
    SELECT min(sealed_secret) AS "sealedSecret" FROM totp_credentials
    WHERE split_part(sealed_secret, '.', 1) < ${currentHeader}
      OR split_part(sealed_secret, '.', 1) > ${currentHeader}
    GROUP BY split_part(sealed_secret, '.', 1)`
