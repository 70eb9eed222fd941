import type { Audit } from '../audit/index.js'
import {
  lockForStepUp,
  readSignInMethods,
  type ReauthenticationRequired,
} from '../credentials/index.js'
import type { Outbox } from '../mail/index.js'
import type { RecoveryCodes } from '../recovery-codes/index.js'
import type { Sessions } from '../sessions/index.js'
import { isId } from '../../platform/crypto/ids.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { passkeyRemovedEmail } from './emails/passkey-removed.email.js'
import { deletePasskeyRow, hasPasskey } from './passkey.store.js'

export interface DeletePasskeyRequest {
  readonly passkeyId: string
  readonly presenceProof: string | null
}

export type DeletePasskeyOutcome =
  | { kind: 'deleted'; id: string }
  | ReauthenticationRequired
  | { kind: 'not-found' | 'last-sign-in-method' | 'session-ended' }

export interface DeletePasskeyDeps {
  readonly database: Database
  readonly recoveryCodes: RecoveryCodes
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
}

/**
 * Deletes a passkey of the viewer, unless it is the account's last way to sign in. The user's lock serializes
 * requests: two of them cannot delete the last two passkeys.
 */
export function createDeletePasskey(deps: DeletePasskeyDeps) {
  const { database, recoveryCodes, sessions, outbox, audit } = deps

  return (
    viewer: Viewer,
    { passkeyId: id, presenceProof }: DeletePasskeyRequest,
    request: RequestInfo,
  ): Promise<DeletePasskeyOutcome> => {
    const { userId, sessionId } = viewer
    return database.transaction(async (tx) => {
      const stepUp = await lockForStepUp(tx, sessions, viewer, presenceProof)
      if (stepUp.kind !== 'present') return stepUp
      if (!isId(id) || !(await hasPasskey(tx, id, userId))) return { kind: 'not-found' }
      const { hasPassword, passkeys } = await readSignInMethods(tx, userId)
      if (passkeys === 1 && !hasPassword) return { kind: 'last-sign-in-method' }
      await deletePasskeyRow(tx, id)
      await recoveryCodes.deleteUnlessNeeded(tx, userId)
      // A presence proof may come from the passkey that is gone.
      await sessions.clearPresenceProofs(tx, userId)
      const { email: recipient, locale } = stepUp.user
      await outbox.enqueue(tx, { kind: passkeyRemovedEmail, recipient, accountId: userId, locale })
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'PASSKEY_REMOVED', ...event }, request)
      return { kind: 'deleted', id }
    })
  }
}
