import type { RequestInfo } from '../../platform/http/request-info.js'
import type { Proof } from './proof.js'
import type { SecondFactorMethod } from './sign-in-methods.js'

/** The answer of a person who was asked for a second factor. */
export interface SecondFactorAnswer {
  /** For TOTP and RECOVERY_CODE. */
  readonly code: string | null
  /** For PASSKEY: the browser's response, and the token to which its challenge belongs. Attackers choose its shape. */
  readonly passkeyResponse: unknown
  readonly challengeToken: string
}

/** Checks the answer for one method. Null: it is wrong. May throw RateLimited. */
export type CheckSecondFactor = (
  userId: string,
  answer: SecondFactorAnswer,
  request: RequestInfo,
) => Promise<Proof | null>

/** The check of each method. */
export type SecondFactorChecks = Readonly<Record<SecondFactorMethod, CheckSecondFactor>>
