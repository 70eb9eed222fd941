import type { Credentials, ReauthenticationRequired } from '../credentials/index.js'
import type { Passkeys } from '../passkeys/index.js'
import type { Profile } from '../profile/index.js'
import type { Totp } from '../totp/index.js'
import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'

export type ExportAccountDataOutcome =
  | { kind: 'exported'; json: object; createdAt: Date }
  | ReauthenticationRequired
  | { kind: 'session-ended' }

export interface ExportAccountDataDeps {
  readonly database: Database
  readonly clock: Clock
  readonly credentials: Credentials
  readonly profile: Profile
  readonly totp: Totp
  readonly passkeys: Passkeys
  readonly sessions: Sessions
  readonly audit: Audit
}

/** Exports all data stored about the viewer (GDPR Art. 15 and 20), without hashes and tokens. */
export function createExportAccountData(deps: ExportAccountDataDeps) {
  const { database, clock, credentials, profile, totp, passkeys, sessions, audit } = deps

  return async (
    viewer: Viewer,
    presenceProof: string | null,
    request: RequestInfo,
  ): Promise<ExportAccountDataOutcome> => {
    const { userId, sessionId } = viewer
    const stepUp = await database.transaction(async (tx) => {
      const locked = await credentials.lockForStepUp(tx, viewer, presenceProof)
      if (locked.kind !== 'present') return locked
      const event = { actorId: userId, targetId: userId, sessionId }
      await audit.record(tx, { type: 'DATA_EXPORTED', ...event }, request)
      return locked
    })
    if (stepUp.kind !== 'present') return stepUp
    const otherData = {
      secondFactors: await totp.describeFactors(userId),
      passkeys: await passkeys.listForAccount(userId),
      sessions: await sessions.listAll(userId),
      auditEvents: await audit.listForAccount(userId),
    }
    // Read last: if the account still exists, the other data is complete.
    const account = await profile.exportAccount(userId)
    if (!account) return { kind: 'session-ended' }
    return { kind: 'exported', json: { ...account, ...otherData }, createdAt: clock.now() }
  }
}
