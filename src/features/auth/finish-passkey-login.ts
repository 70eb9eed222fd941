import type { RequestedSession } from '../credentials/index.js'
import type { Passkeys } from '../passkeys/index.js'
import type { Audit } from '../audit/index.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { cleanDeviceName } from './device-name.js'
import type { CompleteSignIn, CompleteSignInOutcome } from './complete-sign-in.js'

export interface FinishPasskeyLoginRequest extends RequestedSession {
  readonly challengeToken: string
  /** From the browser. Attackers choose its shape. */
  readonly response: unknown
}

export type FinishPasskeyLoginOutcome =
  | Exclude<CompleteSignInOutcome, { kind: 'mfa-required' } | { kind: 'invalid-credentials' }>
  | { kind: 'invalid-challenge' | 'unknown-passkey' | 'invalid-passkey-response' }

export interface FinishPasskeyLoginDeps {
  readonly database: Database
  readonly passkeys: Passkeys
  readonly audit: Audit
  readonly completeSignIn: CompleteSignIn
}

/** Signs in with a passkey. It proves two factors, so no second one is asked for. */
export function createFinishPasskeyLogin(deps: FinishPasskeyLoginDeps) {
  const { database, passkeys, audit, completeSignIn } = deps

  return async (
    input: FinishPasskeyLoginRequest,
    request: RequestInfo,
  ): Promise<FinishPasskeyLoginOutcome> => {
    const check = await passkeys.checkLogin(input)
    if (check.kind === 'invalid-challenge') return check // costs no statement
    if (check.kind !== 'right') {
      const targetId = check.kind === 'unknown-passkey' ? null : check.userId
      await audit.record(database.query, { type: 'LOGIN', targetId, success: false }, request)
      return { kind: check.kind }
    }
    const { transport } = input
    const deviceName = cleanDeviceName(input.deviceName)
    const outcome = await completeSignIn([check.passkey], { transport, deviceName }, request)
    switch (outcome.kind) {
      case 'invalid-credentials':
        return { kind: check.passkey.refusal }
      case 'mfa-required':
        throw new Error('A sign-in with a passkey was asked for a second factor.')
      default:
        return outcome
    }
  }
}
