import { Proof, type CheckSecondFactor } from '../credentials/index.js'
import { codeGuessTarget } from '../guesses/index.js'
import type { GuessAttempt, Lockout } from '../limits/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Sealer } from '../../platform/crypto/sealer.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'
import { loadTotpCode } from './load-totp-code.js'
import type { NotifyCodeGuessing } from './notify-code-guessing.js'
import type { SecretRotation } from './secret-rotation.js'
import { acceptStep, countTry, isFreshStep, takeBackTry, type UsedStep } from './totp.store.js'

/** The proof that a code of the authenticator app was right and its time step was not used. */
class VerifiedTotp extends Proof {
  readonly #used: UsedStep
  readonly #guess: GuessAttempt
  readonly #takeBack: () => Promise<void>

  constructor(used: UsedStep, guess: GuessAttempt, takeBack: () => Promise<void>) {
    super(used.userId, 'TOTP')
    this.#used = used
    this.#guess = guess
    this.#takeBack = takeBack
  }

  override resetFailures = () => this.#guess.succeed()

  override async releaseAttempt() {
    await Promise.all([this.#guess.release(), this.#takeBack()])
  }

  override isStillValid = (tx: Tx | QueryFn) => isFreshStep(tx, this.#used)

  override async saveAfterSignIn(tx: Tx | QueryFn) {
    if (!(await acceptStep(tx, this.#used))) {
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
  readonly resealIfOutdated: SecretRotation['resealIfOutdated']
  /** Wrong codes in a row, after which codes are no longer evaluated. */
  readonly maxFailures: number
}

/**
 * Checks a code of the authenticator app. Failures count under a key of their own: only people who know the password
 * get here, so strangers cannot delay the owner. Throws RateLimited while the next code has to wait. A code that was
 * used before gets the same answer as a wrong one. Text that cannot be a code is no guess: it counts as a try of the
 * challenge only.
 */
export function createCheckTotp(deps: CheckTotpDeps): CheckSecondFactor {
  const { clock, sealer, lockout, notifyGuessing, resealIfOutdated, maxFailures } = deps
  const { query } = deps.database

  return async (userId, { code: text }) => {
    const { parseTotpCode, stepOfCode } = await loadTotpCode()
    const code = text === null ? null : parseTotpCode(text)
    if (code === null) return null
    const guess = await lockout.reserveGuess(codeGuessTarget(userId))
    let counted = null
    try {
      counted = await countTry(query, userId, maxFailures)
      if (!counted) return null
      const { sealedSecret, enrolledAt, lastStep, failures } = counted
      const secret = await sealer.open(sealedSecret)
      const step = stepOfCode(code, secret, clock.now())
      if (step === null || step <= lastStep) {
        await notifyGuessing(userId, failures)
        return null
      }
      await resealIfOutdated({ userId, sealedSecret }, secret)
      const used = { userId, enrolledAt, step }
      return new VerifiedTotp(used, guess, () => takeBackTry(query, userId))
    } catch (error) {
      // The code was not evaluated. A failure of the service must not lock users out.
      await Promise.all([guess.release(), counted && takeBackTry(query, userId)])
      throw error
    }
  }
}
