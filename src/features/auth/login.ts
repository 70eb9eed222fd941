import type { Credentials, RequestedSession } from '../credentials/index.js'
import type { Audit } from '../audit/index.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { CompleteSignIn, CompleteSignInOutcome } from './complete-sign-in.js'
import { cleanDeviceName } from './device-name.js'

export interface LoginRequest extends RequestedSession {
  readonly email: string
  readonly password: string
}

export interface LoginDeps {
  readonly database: Database
  readonly credentials: Credentials
  readonly audit: Audit
  readonly completeSignIn: CompleteSignIn
}

/** Signs in with e-mail and password. */
export function createLogin({ database, credentials, audit, completeSignIn }: LoginDeps) {
  return async (input: LoginRequest, request: RequestInfo): Promise<CompleteSignInOutcome> => {
    const check = await credentials.checkPassword(input.email, input.password, request)
    if (check.kind === 'wrong') {
      const event = { type: 'LOGIN', targetId: check.userId, success: false } as const
      await audit.record(database.query, event, request)
      return { kind: 'invalid-credentials' }
    }
    const { transport } = input
    const deviceName = cleanDeviceName(input.deviceName)
    return completeSignIn([check.password], { transport, deviceName }, request)
  }
}
