import type { Audit } from '../audit/index.js'
import type { Credentials } from '../credentials/index.js'
import type { PasswordHasher } from '../passwords/index.js'
import type { Budgets } from '../limits/index.js'
import type { Outbox } from '../mail/index.js'
import type { OneTimeTokens } from '../one-time-tokens/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Random } from '../../platform/crypto/random.js'
import type { Database } from '../../platform/database/database.js'
import { createConfirmEmailChange } from './confirm-email-change.js'
import type { EmailChanges } from './email-changes.js'
import { createRejectEmailChange } from './reject-email-change.js'
import { createRequestEmailChange } from './request-email-change.js'
import { createUndoEmailChange } from './undo-email-change.js'

export interface EmailChangeServiceDeps {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly budgets: Budgets
  readonly hasher: PasswordHasher
  readonly credentials: Credentials
  readonly tokens: OneTimeTokens
  readonly emailChanges: EmailChanges
  readonly outbox: Outbox
  readonly sessions: Sessions
  readonly audit: Audit
}

export type EmailChangeService = ReturnType<typeof createEmailChangeService>

/** Changes a user's e-mail address. */
export function createEmailChangeService({ credentials, ...deps }: EmailChangeServiceDeps) {
  const { emailChanges } = deps
  const { checkPassword, checkStoredPassword } = credentials
  const undoEmailChange = createUndoEmailChange({ ...deps, checkStoredPassword })

  return {
    requestEmailChange: createRequestEmailChange(deps),
    confirmEmailChange: createConfirmEmailChange({ ...deps, checkPassword }),
    rejectEmailChange: createRejectEmailChange({ ...deps, undoEmailChange }),

    /** The new address of the pending change. Null when no change is pending. */
    findPendingEmail: emailChanges.findPendingEmail,

    /** The new address that a token can confirm. Null when the token is not valid. */
    findNewEmail: async (token: string) => {
      const found = await emailChanges.lookUpConfirmToken(token)
      return found.kind === 'valid' ? found.change.newEmail : null
    },
  }
}
