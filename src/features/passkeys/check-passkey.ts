import { Proof, type CheckSecondFactor } from '../credentials/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'
import { loadVerifier } from './ceremonies/load-verifier.js'
import { parseAssertion } from './ceremonies/response-shapes.js'
import {
  secondFactorChallengeOf,
  type ChallengeTokens,
  type OpenedChallenge,
} from './challenges/challenge-token.js'
import {
  findCredential,
  isUsable,
  recordUse,
  useChallenge,
  type PasskeyUse,
} from './passkey.store.js'
import type { RelyingParty } from './relying-party.js'

/** The proof that an authenticator signed the challenge after it verified the user. */
class VerifiedPasskey extends Proof {
  /** Why the proof was not valid under the user's lock. */
  refusal: 'invalid-challenge' | 'invalid-passkey-response' = 'invalid-passkey-response'

  readonly #use: PasskeyUse
  readonly #challenge: OpenedChallenge | null
  readonly #clock: Clock

  /** `challenge` is null for a second factor, whose challenge ends with the sign-in. */
  constructor(userId: string, use: PasskeyUse, challenge: OpenedChallenge | null, clock: Clock) {
    super(userId, 'PASSKEY')
    this.#use = use
    this.#challenge = challenge
    this.#clock = clock
  }

  // Signatures cannot be guessed, so failures are not counted.
  override resetFailures = async () => undefined
  override releaseAttempt = async () => undefined

  /** False when the passkey was removed or cloned, or the challenge was used. Uses the challenge up. */
  override async isStillValid(tx: Tx | QueryFn) {
    if (!this.#challenge) return isUsable(tx, this.#use)
    const result = await useChallenge(tx, this.#use, this.#challenge)
    if (result === 'used') this.refusal = 'invalid-challenge'
    return result === 'first-use'
  }

  override async saveAfterSignIn(tx: Tx | QueryFn) {
    if (await recordUse(tx, this.#use, this.#clock.now())) return
    throw new Error('A passkey was removed, or its counter changed, under the lock of its user.')
  }
}

export type PasskeyCheck =
  | { kind: 'right'; passkey: VerifiedPasskey }
  | { kind: 'invalid-challenge' }
  | { kind: 'unknown-passkey' }
  /** `userId` is for the audit log only: the owner of the passkey, if there is one. */
  | { kind: 'invalid-passkey-response'; userId: string | null }

export interface PasskeyCheckDeps {
  readonly relyingParty: RelyingParty | null
  readonly database: Database
  readonly clock: Clock
  readonly challengeTokens: ChallengeTokens
}

/** Checks responses to request options. The passkey is looked up by its id; the user may be known before. */
export function createPasskeyChecks(deps: PasskeyCheckDeps) {
  const { relyingParty, database, clock, challengeTokens } = deps

  /** Checks a response to `beginPasskeyLogin`. With `userId`, only passkeys of that user count. */
  async function checkLogin(
    { challengeToken, response }: { challengeToken: string; response: unknown },
    userId: string | null = null,
  ): Promise<PasskeyCheck> {
    const opened = challengeTokens.open(challengeToken, { purpose: 'sign-in', subject: '' })
    if (!opened) return { kind: 'invalid-challenge' }
    const found = await verify(response, opened.challenge, userId)
    if (found.kind !== 'verified') return found
    const passkey = new VerifiedPasskey(found.userId, found.use, opened, clock)
    return { kind: 'right', passkey }
  }

  /** Checks a response to the options of `MfaRequired`. */
  const checkSecondFactor: CheckSecondFactor = async (
    userId,
    { passkeyResponse, challengeToken },
  ) => {
    const challenge = secondFactorChallengeOf(challengeToken)
    const found = await verify(passkeyResponse, challenge, userId)
    return found.kind === 'verified' ? new VerifiedPasskey(userId, found.use, null, clock) : null
  }

  return { checkLogin, checkSecondFactor }

  async function verify(response: unknown, challenge: string, knownUserId: string | null) {
    const parts = parseAssertion(response)
    if (!parts || !relyingParty) return invalid(null)
    const credentialId = Buffer.from(parts.id, 'base64url')
    const passkey = await findCredential(database.query, credentialId)
    if (!passkey) return { kind: 'unknown-passkey' as const }
    const { id: passkeyId, userId } = passkey
    const isUserKnown = knownUserId !== null
    if (isUserKnown && userId !== knownUserId) return invalid(null)
    const { verifyAssertion } = await loadVerifier()
    const ceremony = { relyingParty, challenge, passkey, isUserKnown }
    const assertion = await verifyAssertion(parts, ceremony)
    if (!assertion) return invalid(userId)
    return { kind: 'verified' as const, userId, use: { passkeyId, ...assertion } }
  }
}

const invalid = (userId: string | null) => ({ kind: 'invalid-passkey-response' as const, userId })
