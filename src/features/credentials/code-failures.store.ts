import type { Tx } from '../../platform/database/database.js'
import { queryOn, type QueryFn } from '../../platform/database/hot-statements.js'

const resetStatement = {
  name: 'reset-code-failures',
  text: 'UPDATE totp_credentials SET failures = 0 WHERE user_id = $1::uuid AND failures > 0',
}

/** Codes of the authenticator app are evaluated again, after too many wrong ones in a row. */
export async function resetCodeFailures(tx: Tx | QueryFn, userId: string) {
  await queryOn(tx)(resetStatement, [userId])
}
