import { Proof, type CheckSecondFactor } from '../credentials/index.js'
import type { GuessAttempt, Lockout } from '../limits/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Sealer } from '../../platform/crypto/sealer.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'
import { loadTotpCode } from './load-totp-code.js'
import type { NotifyCodeGuessing } from './notify-code-guessing.js'
import { acceptStep, countTry, isFreshStep, takeBackTry } from './totp.store.js'

/** The proof that a code of the authenticator app was right and its time step was not used. */
class VerifiedTotp extends Proof {
  readonly #step: number
  readonly #guess: GuessAttempt
  readonly #takeBack: () => Promise<void>

  constructor(userId: string, step: number, guess: GuessAttempt, takeBack: () => Promise<void>) {
    super(userId, 'TOTP')
    this.#step = step
    this.#guess = guess
    this.#takeBack = takeBack
  }

  override resetFailures = () => this.#guess.succeed()

  override async releaseAttempt() {
    await Promise.all([this.#guess.release(), this.#takeBack()])
  }

  override isStillValid = (tx: Tx | QueryFn) => isFreshStep(tx, this.userId, this.#step)

  override async saveAfterSignIn(tx: Tx | QueryFn) {
    if (!(await acceptStep(tx, this.userId, this.#step))) {
      throw new Error('Another request used the time step in spite of the lock.')
    }
  }
}

export interface CheckTotpDeps {
  readonly database: Database
  readonly clock: Clock
  readonly sealer: Sealer
  readonly lockout: Lockout
  readonly notifyGuessing: NotifyCodeGuessing
  /** Wrong codes in a row, after which codes are no longer evaluated. */
  readonly maxFailures: number
}

/**
 * Checks a code of the authenticator app. Failures count under a key of their own: only people who know the password
 * get here, so strangers cannot delay the owner. Throws RateLimited while the next code has to wait. A code that was
 * used before gets the same answer as a wrong one.
 */
export function createCheckTotp(deps: CheckTotpDeps): CheckSecondFactor {
  const { clock, sealer, lockout, notifyGuessing, maxFailures } = deps
  const { query } = deps.database

  return async (userId, { code: text }) => {
    const { parseTotpCode, stepOfCode } = await loadTotpCode()
    const guess = await lockout.reserveGuess({ account: `mfa:${userId}`, knownNetwork: null })
    let counted = null
    try {
      counted = await countTry(query, userId, maxFailures)
      if (!counted) return null
      const code = text === null ? null : parseTotpCode(text)
      const secret = await sealer.open(counted.sealedSecret)
      const step = code === null ? null : stepOfCode(code, secret, clock.now())
      if (step === null || step <= counted.lastStep) {
        await notifyGuessing(userId, counted.failures)
        return null
      }
      return new VerifiedTotp(userId, step, guess, () => takeBackTry(query, userId))
    } catch (error) {
      // The code was not evaluated. A failure of the service must not lock users out.
      await Promise.all([guess.release(), counted && takeBackTry(query, userId)])
      throw error
    }
  }
}
