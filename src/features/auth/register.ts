import {
  parseRegistration,
  type CreateAccountOutcome,
  type Credentials,
} from '../credentials/index.js'
import type { PasswordPolicy } from '../passwords/index.js'
import { type Users, type FieldProblem } from '../users/index.js'
import type { Audit } from '../audit/index.js'
import { addressTakenEmail } from '../email/index.js'
import { verificationEmail } from '../email-verification/index.js'
import type { Outbox } from '../mail/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database, Tx } from '../../platform/database/database.js'
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
  | { kind: 'email-verification-required'; email: string }
  | { kind: 'registration-closed' }
  | { kind: 'invalid-input'; problems: FieldProblem[] }
  | { kind: 'weak-password'; passwordProblems: PasswordProblem[] }
  | { kind: 'email-taken' }
  | { kind: 'username-taken' }

export interface RegisterDeps {
  readonly registrationOpen: boolean
  /** Whether sign-in requires a verified address. */
  readonly emailVerificationRequired: boolean
  readonly passwordPolicy: PasswordPolicy
  readonly database: Database
  readonly users: Users
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly audit: Audit
  readonly issueTokens: IssueTokens
}

/**
 * Creates an account and signs it in, or does neither. If addresses must be verified first, registration starts no
 * session. Then a taken address gets the same answer as a new one, with the same number of statements. Its owner gets
 * an e-mail.
 */
export function createRegister(deps: RegisterDeps) {
  const { database, users, credentials, sessions, outbox, audit, issueTokens } = deps
  const isVerificationRequired = deps.emailVerificationRequired

  return async (input: RegisterRequest, request: RequestInfo): Promise<RegisterOutcome> => {
    if (!deps.registrationOpen) return { kind: 'registration-closed' }
    const parsed = parseRegistration(input)
    if (!parsed.ok) return { kind: 'invalid-input', problems: parsed.problems }
    const registration = parsed.fields
    if (isVerificationRequired && registration.username !== null) {
      return { kind: 'invalid-input', problems: [usernameTooEarlyProblem] }
    }
    const policyResult = await deps.passwordPolicy(input.password, registration)
    if (policyResult.kind !== 'acceptable') return policyResult

    const passwordHash = await credentials.hashPassword(policyResult.password) // slow: before the transaction
    const outcome = await database.transaction(async (tx) => {
      const account = {
        registration,
        passwordHash,
        emailVerified: false,
        isSignedIn: !isVerificationRequired,
      }
      const created = await credentials.create(tx, account)
      if (isVerificationRequired) return requestVerification(tx, registration, created, request)
      if (created.kind !== 'created') return { kind: created.kind }
      return signIn(tx, created.id, { ...registration, deviceName: input.deviceName }, request)
    })
    return outcome.kind === 'registered' ? issueTokens(outcome) : outcome
  }

  async function signIn(
    tx: Tx,
    userId: string,
    { email, deviceName }: Pick<RegisterRequest, 'email' | 'deviceName'>,
    request: RequestInfo,
  ) {
    const newSession = {
      userId,
      deviceName: cleanDeviceName(deviceName),
      authenticationMethods: ['PASSWORD' as const],
    }
    const issued = sessions.prepare(newSession, [], request)
    if (!issued) throw new Error('The session limit refused the first session of a new account.')
    await sessions.start(tx, issued, request)
    await users.rememberNetwork(tx, userId, request)
    await outbox.enqueue(tx, { kind: verificationEmail, recipient: email, accountId: userId })
    const event = { actorId: userId, targetId: userId, sessionId: issued.session.id }
    await audit.record(tx, { type: 'USER_REGISTERED', ...event }, request)
    return { kind: 'registered' as const, ...issued }
  }

  async function requestVerification(
    tx: Tx,
    { email }: Pick<RegisterRequest, 'email'>,
    created: CreateAccountOutcome,
    request: RequestInfo,
  ) {
    if (created.kind === 'username-taken')
      throw new Error('A user name was accepted before the address was verified.')
    const event =
      created.kind === 'created'
        ? { actorId: created.id, targetId: created.id }
        : { targetId: created.ownerId, success: false }
    const kind = created.kind === 'created' ? verificationEmail : addressTakenEmail
    await outbox.enqueue(tx, { kind, recipient: email, accountId: event.targetId })
    await audit.record(tx, { type: 'USER_REGISTERED', ...event }, request)
    return { kind: 'email-verification-required' as const, email }
  }
}

// A taken address would not reserve the user name. The difference would tell it apart from a new address.
const usernameTooEarlyProblem = {
  field: 'username',
  message: 'You can set a user name after the address is verified.',
}
