import type { Tx } from '../../../platform/database/database.js'

/** Uses a challenge up. False if it was used before: the primary key decides. */
export async function insertUsedChallenge(
  tx: Tx,
  { tokenHash, expiresAt }: { tokenHash: Buffer; expiresAt: Date },
): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    INSERT INTO used_challenges (token_hash, expires_at)
    VALUES (${tokenHash}, ${expiresAt}) ON CONFLICT DO NOTHING`
  return inserted === 1
}

export const deleteExpiredUsedChallenges = (tx: Tx, before: Date, limit: number): Promise<number> =>
  tx.$executeRaw`
    DELETE FROM used_challenges WHERE token_hash IN (
      SELECT token_hash FROM used_challenges WHERE expires_at < ${before}
      ORDER BY expires_at LIMIT ${limit})`
