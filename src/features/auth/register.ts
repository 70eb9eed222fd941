import {
  parseRegistration,
  type Accounts,
  type FieldProblem,
  type PasswordPolicy,
} from '../accounts/index.js'
import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database } from '../../platform/database/database.js'
import type { PasswordProblem } from '../../platform/graphql/auth-error.types.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { IssueTokens, SignedIn } from './issue-tokens.js'
import { cleanDeviceName } from './device-name.js'

export interface RegisterRequest {
  readonly email: string
  readonly password: string
  readonly username: string | null
  readonly name: string | null
  readonly locale: string | null
  readonly deviceName: string | null
}

export type RegisterOutcome =
  | SignedIn
  | { kind: 'registration-closed' }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | { kind: 'weak-password'; passwordProblems: PasswordProblem[] }
  | { kind: 'email-taken' }
  | { kind: 'username-taken' }

export interface RegisterNeeds {
  readonly registrationOpen: boolean
  readonly passwordPolicy: PasswordPolicy
  readonly database: Database
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly audit: Audit
  readonly issueTokens: IssueTokens
}

/** Creates an account and signs it in, or does neither. */
export function createRegister(needs: RegisterNeeds) {
  const { database, accounts, sessions, audit, issueTokens } = needs

  return async (input: RegisterRequest, request: RequestInfo): Promise<RegisterOutcome> => {
    if (!needs.registrationOpen) return { kind: 'registration-closed' }
    const parsed = parseRegistration(input)
    if (!parsed.ok) return { kind: 'invalid-input', problems: parsed.problems }
    const weaknesses = await needs.passwordPolicy(input.password, parsed.fields)
    if (weaknesses.length > 0) return { kind: 'weak-password', passwordProblems: weaknesses }

    const passwordHash = await accounts.hashPassword(input.password) // slow: before the transaction
    const outcome = await database.transaction(async (tx) => {
      const created = await accounts.create(tx, parsed.fields, passwordHash)
      if (created.kind !== 'created') return created
      const start = {
        userId: created.id,
        deviceName: cleanDeviceName(input.deviceName),
        authenticationMethods: ['PASSWORD' as const],
      }
      const issued = await sessions.start(tx, start, request)
      if (!issued) throw new Error('no room for the first session of an account')
      await accounts.rememberAddress(tx, created.id, request)
      const event = { actorId: created.id, targetId: created.id, sessionId: issued.session.id }
      await audit.record(tx, { type: 'USER_REGISTERED', ...event }, request)
      return { kind: 'registered' as const, ...issued }
    })
    return outcome.kind === 'registered' ? issueTokens(outcome) : outcome
  }
}
