import type { Tx } from '../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../platform/database/hot-statements.js'

const hasStatement = {
  name: 'has-recovery-code',
  text: 'SELECT 1 FROM recovery_codes WHERE user_id = $1::uuid AND code_hash = $2::bytea',
}

/** Whether the code is unused. */
export async function hasCode(tx: Tx | QueryFn, userId: string, codeHash: Buffer) {
  return (await queryOn(tx)(hasStatement, [userId, codeHash])).length > 0
}

const useStatement = {
  name: 'use-recovery-code',
  text: `
    WITH used AS (
      DELETE FROM recovery_codes WHERE user_id = $1::uuid AND code_hash = $2::bytea
      RETURNING user_id)
    SELECT (SELECT count(*)::int FROM recovery_codes r WHERE r.user_id = used.user_id) - 1 AS remaining
    FROM used`,
}

/**
 * Uses a code up and returns how many remain. The row count decides: of concurrent requests the others get null. The
 * count sees the rows from before the deletion.
 */
export async function useCode(tx: Tx | QueryFn, userId: string, codeHash: Buffer) {
  const [row] = await queryOn(tx)<{ remaining: number }>(useStatement, [userId, codeHash])
  return row?.remaining ?? null
}

/** Replaces all codes of a user. Call it under the user's lock. */
export async function replaceCodes(
  tx: Tx,
  userId: string,
  { hashes, createdAt }: { hashes: readonly Buffer[]; createdAt: Date },
) {
  await deleteCodes(tx, userId)
  await tx.recoveryCode.createMany({
    data: hashes.map((codeHash) => ({ userId, codeHash: new Uint8Array(codeHash), createdAt })),
  })
}

export async function deleteCodes(tx: Tx, userId: string) {
  await tx.recoveryCode.deleteMany({ where: { userId } })
}
