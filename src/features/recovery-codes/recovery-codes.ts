import { readSignInMethods } from '../credentials/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Tx } from '../../platform/database/database.js'
import { createCheckRecoveryCode, type CheckRecoveryCodeDeps } from './check-recovery-code.js'
import { hashRecoveryCode, newRecoveryCode, parseRecoveryCode } from './recovery-code.js'
import { deleteCodes, replaceCodes } from './recovery-code.store.js'
import {
  createRegenerateRecoveryCodes,
  type RegenerateRecoveryCodesDeps,
} from './regenerate-recovery-codes.js'

export interface RecoveryCodesDeps
  extends CheckRecoveryCodeDeps, Omit<RegenerateRecoveryCodesDeps, 'replace'> {
  readonly clock: Clock
  readonly random: Random
}

export type RecoveryCodes = ReturnType<typeof createRecoveryCodes>

const codesPerUser = 10

/** Codes for people who lost their second factor. Each works once. */
export function createRecoveryCodes(deps: RecoveryCodesDeps) {
  const { clock, random } = deps

  /** Replaces all codes and returns the new ones: the database keeps only their hashes. Needs the user's lock. */
  async function replace(tx: Tx, userId: string): Promise<readonly string[]> {
    const codes = Array.from({ length: codesPerUser }, () => newRecoveryCode(random))
    const hashes = codes.map((code) => hashRecoveryCode(userId, parseRecoveryCode(code) ?? ''))
    await replaceCodes(tx, userId, { hashes, createdAt: clock.now() })
    return codes
  }

  return {
    replace,

    /** New codes for the first factor of a user; null if the user already has unused ones. Needs the user's lock. */
    async createFirst(tx: Tx, userId: string): Promise<readonly string[] | null> {
      const { recoveryCodes } = await readSignInMethods(tx, userId)
      return recoveryCodes > 0 ? null : replace(tx, userId)
    },

    /** Deletes the codes unless a second factor remains, which they could replace. Needs the user's lock. */
    async deleteUnlessNeeded(tx: Tx, userId: string) {
      const { hasTotp, passkeys } = await readSignInMethods(tx, userId)
      if (!hasTotp && passkeys === 0) await deleteCodes(tx, userId)
    },

    regenerate: createRegenerateRecoveryCodes({ ...deps, replace }),
    checkSecondFactor: createCheckRecoveryCode(deps),
  }
}
