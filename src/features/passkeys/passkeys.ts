import type { Audit } from '../audit/index.js'
import type { Outbox } from '../mail/index.js'
import type { RecoveryCodes } from '../recovery-codes/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Keyring } from '../../platform/crypto/keyring.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Database } from '../../platform/database/database.js'
import { createBeginRegistration, type PasskeyChallengeOutcome } from './begin-registration.js'
import { requestOptions } from './ceremonies/options.js'
import { createChallengeTokens, secondFactorChallengeOf } from './challenges/challenge-token.js'
import { createRemoveUsedChallenges } from './challenges/remove-used-challenges.js'
import { createPasskeyChecks } from './check-passkey.js'
import { createDeletePasskey } from './delete-passkey.js'
import { createFinishRegistration } from './finish-registration.js'
import { listPasskeyData, listPasskeys } from './passkey.store.js'
import type { RelyingParty } from './relying-party.js'
import { createRenamePasskey } from './rename-passkey.js'

export interface PasskeysDeps {
  /** Null: passkeys are disabled. */
  readonly relyingParty: RelyingParty | null
  readonly keyring: Keyring
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly recoveryCodes: RecoveryCodes
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

export type Passkeys = ReturnType<typeof createPasskeys>

/** Passkeys: registration, sign-in without a password, and second factor (WebAuthn Level 3). */
export function createPasskeys({ keyring, random, ...deps }: PasskeysDeps) {
  const { relyingParty, database, clock } = deps
  const challengeTokens = createChallengeTokens({ keyring, clock, random })

  return {
    beginRegistration: createBeginRegistration({ ...deps, challengeTokens }),
    finishRegistration: createFinishRegistration({ ...deps, challengeTokens }),
    rename: createRenamePasskey(deps),
    delete: createDeletePasskey(deps),
    ...createPasskeyChecks({ ...deps, challengeTokens }),

    /** The RP ID; null: passkeys are disabled. */
    rpId: relyingParty?.id ?? null,

    /** Begins a sign-in or a reauthentication. Costs no row and no statement: every visitor of a sign-in page does it. */
    beginLogin(): PasskeyChallengeOutcome | { kind: 'passkeys-disabled' } {
      if (!relyingParty) return { kind: 'passkeys-disabled' }
      const { challengeToken, challenge, expiresAt } = challengeTokens.issue({
        purpose: 'sign-in',
        subject: '',
      })
      const options = requestOptions({ relyingParty, challenge })
      return { kind: 'begun', challengeToken, options, expiresAt }
    },

    /** The options for a passkey as second factor. Null when passkeys are disabled. */
    async secondFactorOptions(userId: string, mfaChallengeToken: string): Promise<object | null> {
      if (!relyingParty) return null
      const challenge = secondFactorChallengeOf(mfaChallengeToken)
      const passkeys = await listPasskeys(database.db, userId)
      return requestOptions({ relyingParty, challenge, passkeys })
    },

    list: (userId: string) => listPasskeys(database.db, userId),

    /** For the export of the account. */
    listForAccount: (userId: string) => listPasskeyData(database.db, userId),

    jobs: [createRemoveUsedChallenges(deps)],
  }
}
