import type { AuthenticationMethod } from '../../generated/prisma/enums.js'
import type { Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'

/**
 * That somebody is the user, by one method. Only the check of a method makes one: the constructor is protected, and the
 * class of each method stays in the file of its check. So no sign-in completes without what it says was proved.
 */
export abstract class Proof {
  // A private member makes the type nominal: an object with the same members is no proof.
  readonly #proved = true

  readonly userId: string
  readonly method: AuthenticationMethod

  protected constructor(userId: string, method: AuthenticationMethod) {
    this.userId = userId
    this.method = method
  }

  /** Forgets the failed attempts by this method. Called when the sign-in needs nothing more. */
  abstract resetFailures(): Promise<void>

  /** Whether it still holds. Asked under the lock of the user: what makes it worthless locks the user first. */
  abstract isStillValid(tx: Tx | QueryFn): Promise<boolean>

  /** Stores what the sign-in leaves for the next one by this method. */
  abstract saveAfterSignIn(tx: Tx | QueryFn): Promise<void>

  /** Throws unless these are proofs, whatever their types say, and all of one user. */
  static assertSameUser([first, ...others]: readonly Proof[]) {
    const areOfOneUser = others.every(({ userId }) => userId === first?.userId)
    const areProofs = [first, ...others].every((one) => !!one && #proved in one && one.#proved)
    if (!areProofs || !areOfOneUser) throw new Error('not the proofs of one user')
  }
}
