import type { AuthenticationMethod } from '../../generated/prisma/enums.js'
import type { Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'

/**
 * Proves by one method that the person is the user. Only the check of a method creates proofs: the constructor is
 * protected, and the class of each method is private to the file of its check. So a sign-in completes only with real
 * proofs.
 */
export abstract class Proof {
  // A private member makes the type nominal: another object with the same members is not a proof.
  readonly #proved = true

  readonly userId: string
  readonly method: AuthenticationMethod
  /** The version of the credential, which changes when the credential does. Null: it has no versions. */
  readonly version: number | null = null

  protected constructor(userId: string, method: AuthenticationMethod) {
    this.userId = userId
    this.method = method
  }

  /** Resets the failure counters of this method. Called when the sign-in needs no further proof. */
  abstract resetFailures(): Promise<void>

  /**
   * Takes the counted attempt back without resetting the counters. Called when the sign-in still needs a second factor:
   * otherwise guesses at the factor, each after the right password, would never slow down.
   */
  abstract releaseAttempt(): Promise<void>

  /**
   * Whether the proof is still valid. Called under the lock of the user: operations that invalidate proofs take the
   * same lock first.
   */
  abstract isStillValid(tx: Tx | QueryFn): Promise<boolean>

  /**
   * Stores the state that the next sign-in by this method needs. For a first factor also called when the sign-in still
   * needs a second one.
   */
  abstract saveAfterSignIn(tx: Tx | QueryFn): Promise<void>

  /** Throws unless all values are real proofs at run time and belong to one user. */
  static assertSameUser([first, ...others]: readonly Proof[]) {
    const areOfOneUser = others.every(({ userId }) => userId === first?.userId)
    const areProofs = [first, ...others].every((one) => !!one && #proved in one && one.#proved)
    if (!areProofs || !areOfOneUser) throw new Error('The proofs do not belong to one user.')
  }
}
