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
    DELETE FROM recovery_codes WHERE user_id = $1::uuid AND code_hash = $2::bytea
    RETURNING user_id`,
}

/** Uses a code up. The row count decides: of concurrent requests one gets true. */
export async function useCode(tx: Tx | QueryFn, userId: string, codeHash: Buffer) {
  return (await queryOn(tx)(useStatement, [userId, codeHash])).length > 0
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
