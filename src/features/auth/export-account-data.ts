import type { Accounts } from '../accounts/index.js'
import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { AuthViewer } from './viewer.js'

export interface ExportAccountDataNeeds {
  readonly database: Database
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly audit: Audit
}

/** Everything that is held about the viewer (GDPR Art. 15 and 20), but for what would let somebody in. */
export function createExportAccountData(needs: ExportAccountDataNeeds) {
  const { database, accounts, sessions, audit } = needs

  return async ({ userId, sessionId }: AuthViewer, request: RequestInfo) => {
    const event = { actorId: userId, targetId: userId, sessionId }
    await database.transaction((tx) =>
      audit.record(tx, { type: 'DATA_EXPORTED', ...event }, request),
    )
    return {
      ...(await accounts.exportAccount(userId)),
      sessions: await sessions.all(userId),
      auditEvents: await audit.of(userId),
    }
  }
}
