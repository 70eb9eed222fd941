import { hash } from 'node:crypto'
import type { TestApp } from './app.js'
import { goodPassword, newEmail, signIn, type Person } from './client.js'
import { beginSignIn, beginTotp, enrollTotp, nextTotpCode, totpCode } from './factors.js'
import { createRequestedChange } from '../mail/email-changes.js'
import { requestEmailChangeAs } from '../mail/mailed-link-outcomes.js'
import { getMailedToken } from '../mail/mail.js'
import { createAuthenticator } from './authenticator.js'
import { addPasskey, beginLogin, beginRegistration } from './passkeys.js'
import { requestPasswordReset } from '../mail/mailed-links.js'

interface Example {
  readonly input?: object
  /** Whether to send the person's access token. */
  readonly sendsToken?: boolean
}

/** The caller, and the account that the call affects. */
export interface CallerContext {
  readonly victim: Person
  readonly token: string | null
  readonly presenceProof: string | null
}

/** What the authorization matrix sends as each of its callers. */
export interface MatrixAttempt {
  /** Distinguishes it from other attempts at the same mutation. */
  readonly condition?: string
  readonly prepare?: (app: TestApp, call: CallerContext) => Promise<unknown>
  readonly input: ((call: CallerContext) => object) | null
  /** `anybody`: the credential is in the input, so token and proof have no effect. `step-up` needs both. */
  readonly requires: 'anybody' | 'viewer' | 'step-up'
  /** With the required credentials: a member of the result's union, or the code of a failure. */
  readonly expectedOutcome: string
  /** For another user, who acts on an account of their own; by default the same. */
  readonly outcomeForOther?: string
}

interface MutationExamples {
  /** A successful call by this person. */
  readonly example: (app: TestApp, person: Person) => Promise<Example> | Example
  /** The answer to the same request sent again; by default the first answer. */
  readonly repeatAnswer?: string
  /** Another possible answer to the same request sent at the same time. */
  readonly concurrentAnswer?: string
  /** Whether the same request sent again records another audit event of its success. */
  readonly recordsRepeats?: boolean
  /** Whether a successful call uses the database: by default it writes. */
  readonly database?: 'reads' | 'unused'
  readonly attempts: readonly MatrixAttempt[]
}

export const nextPassword = 'another horse entirely'

const token = 'A'.repeat(43)
const newPassword = 'a horse of another battery'
const removePassword = ({ db }: TestApp, { victim }: CallerContext) =>
  db.passwordCredential.deleteMany({ where: { userId: victim.id } })

const recoveryCode = 'ybfj-80qq-q541-1k44-ne8g-kf47'

/** Gives the account a second factor and one recovery code, without a session of its owner. */
async function addSecondFactor({ db, clock }: TestApp, { victim }: CallerContext) {
  const { id: userId, sessionId } = victim
  const createdAt = clock.now()
  const times = { createdAt, expiresAt: createdAt, confirmedAt: createdAt }
  await db.totpCredential.create({ data: { userId, sessionId, sealedSecret: 'unused', ...times } })
  const stored = hash(
    'sha256',
    `recovery-code ${userId} ${recoveryCode.replaceAll('-', '')}`,
    'buffer',
  )
  await db.recoveryCode.create({ data: { userId, codeHash: new Uint8Array(stored), createdAt } })
}

/** A passkey whose id is the id of its user. */
const insertPasskey = ({ db, clock }: TestApp, { victim: { id } }: CallerContext) => {
  const credential = { credentialId: Buffer.from(id), publicKey: Buffer.from('none'), counter: 0 }
  const flags = { backupEligible: false, backedUp: false, transports: [] }
  const row = { id, userId: id, ...credential, ...flags, name: 'A name', createdAt: clock.now() }
  return db.passkey.create({ data: row })
}

/** Every mutation of the schema. Tests of rules for all mutations take their cases from here. */
export const mutations: Readonly<Record<string, MutationExamples>> = {
  register: {
    example: (_, { password }) => ({ input: { email: newEmail(), password } }),
    // The answer contained tokens, and the server stores only their hashes. The client signs in with its password.
    repeatAnswer: 'EMAIL_TAKEN',
    attempts: [
      {
        input: ({ victim: { email } }) => ({ email, password: goodPassword }),
        requires: 'anybody',
        expectedOutcome: 'EMAIL_TAKEN',
      },
    ],
  },
  login: {
    example: (_, { email, password }) => ({ input: { email, password } }),
    recordsRepeats: true,
    attempts: [
      {
        input: ({ victim: { email } }) => ({ email, password: 'a wrong password' }),
        requires: 'anybody',
        expectedOutcome: 'INVALID_CREDENTIALS',
      },
    ],
  },
  refresh: {
    example: (_, { refreshToken }) => ({ input: { refreshToken } }),
    attempts: [
      {
        input: () => ({ refreshToken: token }),
        requires: 'anybody',
        expectedOutcome: 'INVALID_REFRESH_TOKEN',
      },
    ],
  },
  logout: {
    example: (_, { refreshToken }) => ({ input: { refreshToken } }),
    attempts: [{ input: null, requires: 'anybody', expectedOutcome: 'LogoutPayload' }],
  },
  reauthenticate: {
    example: (_, { password }) => ({ input: { password }, sendsToken: true }),
    recordsRepeats: true,
    attempts: [
      {
        input: () => ({ password: 'a wrong password' }),
        requires: 'viewer',
        expectedOutcome: 'INVALID_CREDENTIALS',
      },
    ],
  },
  verifyMfa: {
    example: async (app, person) => {
      const { secret } = await enrollTotp(app, person)
      const { challengeToken } = await beginSignIn(app, person)
      return { input: { challengeToken, method: 'TOTP', code: nextTotpCode(app, secret) } }
    },
    // A challenge and a code sign in once.
    repeatAnswer: 'INVALID_CHALLENGE',
    concurrentAnswer: 'INVALID_MFA_CODE', // the challenge was open, but the code was used
    attempts: [
      {
        input: () => ({ challengeToken: token, method: 'TOTP', code: '123456' }),
        requires: 'anybody',
        expectedOutcome: 'INVALID_CHALLENGE',
      },
    ],
  },
  beginTotpEnrollment: {
    example: (_, { presenceProof }) => ({ input: { presenceProof }, sendsToken: true }),
    attempts: [
      {
        input: ({ presenceProof }) => ({ presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'TotpEnrollment',
      },
      {
        condition: 'where there is an authenticator app',
        prepare: addSecondFactor,
        input: ({ presenceProof }) => ({ presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'MFA_ALREADY_ENABLED',
        outcomeForOther: 'TotpEnrollment',
      },
    ],
  },
  confirmTotpEnrollment: {
    example: async (app, person) => {
      const { secret } = await beginTotp(app, person)
      return { input: { code: totpCode(secret, app.clock.now()) }, sendsToken: true }
    },
    // The recovery codes are shown once.
    repeatAnswer: 'INVALID_CHALLENGE',
    attempts: [
      {
        input: () => ({ code: '123456' }),
        requires: 'viewer',
        expectedOutcome: 'INVALID_CHALLENGE',
      },
    ],
  },
  disableTotp: {
    example: async (app, person) => {
      const { secret } = await enrollTotp(app, person)
      const { presenceProof } = person
      return { input: { code: nextTotpCode(app, secret), presenceProof }, sendsToken: true }
    },
    repeatAnswer: 'REAUTHENTICATION_REQUIRED', // the removal revoked the proof
    concurrentAnswer: 'INVALID_MFA_CODE', // the proof was valid, but the code was used
    attempts: [
      {
        condition: 'where there is no authenticator app',
        input: ({ presenceProof }) => ({ code: '123456', presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'MFA_NOT_ENABLED',
      },
      {
        condition: 'with a wrong code',
        prepare: addSecondFactor,
        input: ({ presenceProof }) => ({ code: recoveryCode.replace('y', 'z'), presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'INVALID_MFA_CODE',
        outcomeForOther: 'MFA_NOT_ENABLED',
      },
      {
        condition: 'with a recovery code',
        prepare: addSecondFactor,
        input: ({ presenceProof }) => ({ code: recoveryCode, presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'User',
        outcomeForOther: 'MFA_NOT_ENABLED',
      },
    ],
  },
  regenerateRecoveryCodes: {
    example: async (app, person) => {
      await enrollTotp(app, person)
      return { input: { presenceProof: person.presenceProof }, sendsToken: true }
    },
    recordsRepeats: true,
    attempts: [
      {
        condition: 'where there is no second factor',
        input: ({ presenceProof }) => ({ presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'MFA_NOT_ENABLED',
      },
      {
        condition: 'where there is a second factor',
        prepare: addSecondFactor,
        input: ({ presenceProof }) => ({ presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'RecoveryCodes',
        outcomeForOther: 'MFA_NOT_ENABLED',
      },
    ],
  },
  changePassword: {
    example: (_, { password: currentPassword }) => ({
      input: { currentPassword, newPassword: nextPassword },
      sendsToken: true,
    }),
    attempts: [
      {
        condition: 'with a wrong current password',
        input: ({ presenceProof }) => ({
          currentPassword: 'a wrong password',
          newPassword,
          presenceProof,
        }),
        requires: 'viewer',
        expectedOutcome: 'INVALID_CREDENTIALS',
      },
      {
        condition: 'without the current password',
        input: ({ presenceProof }) => ({ newPassword, presenceProof }),
        requires: 'viewer',
        expectedOutcome: 'INVALID_CREDENTIALS',
      },
      {
        condition: 'where there is no password',
        prepare: removePassword,
        input: ({ presenceProof }) => ({ newPassword, presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'User',
        outcomeForOther: 'INVALID_CREDENTIALS',
      },
    ],
  },
  requestEmailVerification: {
    example: (_, { email }) => ({ input: { email } }),
    attempts: [
      {
        input: ({ victim: { email } }) => ({ email }),
        requires: 'anybody',
        expectedOutcome: 'MailRequested',
      },
    ],
  },
  requestPasswordReset: {
    example: (_, { email }) => ({ input: { email } }),
    attempts: [
      {
        input: ({ victim: { email } }) => ({ email }),
        requires: 'anybody',
        expectedOutcome: 'MailRequested',
      },
    ],
  },
  requestEmailChange: {
    example: (_, { presenceProof }) => ({
      input: { newEmail: newEmail(), presenceProof },
      sendsToken: true,
    }),
    recordsRepeats: true,
    attempts: [
      {
        input: ({ presenceProof }) => ({ newEmail: newEmail(), presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'User',
      },
    ],
  },
  verifyEmail: {
    example: async (app, { email, password }) => ({
      input: { token: await getMailedToken(app, email), password },
    }),
    attempts: [
      {
        input: () => ({ token, password: goodPassword }),
        requires: 'anybody',
        expectedOutcome: 'INVALID_TOKEN',
      },
    ],
  },
  resetPassword: {
    example: async (app, { email }) => {
      await app.deliver()
      await requestPasswordReset(app, email)
      return { input: { token: await getMailedToken(app, email), newPassword: nextPassword } }
    },
    attempts: [
      {
        input: () => ({ token, newPassword }),
        requires: 'anybody',
        expectedOutcome: 'INVALID_TOKEN',
      },
    ],
  },
  confirmEmailChange: {
    example: async (app, person) => {
      const email = newEmail()
      await requestEmailChangeAs(app, person, email)
      return { input: { token: await getMailedToken(app, email) }, sendsToken: true }
    },
    attempts: [{ input: () => ({ token }), requires: 'anybody', expectedOutcome: 'INVALID_TOKEN' }],
  },
  rejectEmailChange: {
    example: async (app, person) => {
      const { rejectToken: token } = await createRequestedChange(app, person)
      return { input: { token, confirmEmail: person.email } }
    },
    attempts: [
      {
        input: ({ victim: { email } }) => ({ token, confirmEmail: email, password: goodPassword }),
        requires: 'anybody',
        expectedOutcome: 'INVALID_TOKEN',
      },
    ],
  },
  exportAccountData: {
    example: (_, { presenceProof }) => ({ input: { presenceProof }, sendsToken: true }),
    recordsRepeats: true,
    attempts: [
      {
        input: ({ presenceProof }) => ({ presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'AccountData',
      },
    ],
  },
  updateProfile: {
    example: () => ({ input: { name: 'Ana' }, sendsToken: true }),
    attempts: [{ input: () => ({ name: 'A name' }), requires: 'viewer', expectedOutcome: 'User' }],
  },
  deleteAccount: {
    example: (_, { email: confirmEmail, presenceProof }) => ({
      input: { confirmEmail, presenceProof },
      sendsToken: true,
    }),
    // The account no longer exists. Clients treat this as a sign-out, which is correct.
    repeatAnswer: 'UNAUTHENTICATED',
    attempts: [
      {
        input: ({ victim: { email }, presenceProof }) => ({ confirmEmail: email, presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'Deleted',
        outcomeForOther: 'INVALID_INPUT',
      },
    ],
  },
  revokeSession: {
    example: async (app, person) => {
      const { sessionId } = await signIn(app, person)
      return { input: { sessionId }, sendsToken: true }
    },
    attempts: [
      {
        input: ({ victim: { sessionId } }) => ({ sessionId }),
        requires: 'viewer',
        expectedOutcome: 'Session',
        outcomeForOther: 'NOT_FOUND',
      },
    ],
  },
  beginPasskeyRegistration: {
    example: (_, { presenceProof }) => ({ input: { presenceProof }, sendsToken: true }),
    database: 'reads',
    attempts: [
      {
        input: ({ presenceProof }) => ({ presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'PasskeyChallenge',
      },
    ],
  },
  finishPasskeyRegistration: {
    example: async (app, person) => {
      const { challengeToken, options } = await beginRegistration(app, person)
      const response = createAuthenticator().create(options)
      return { input: { challengeToken, response }, sendsToken: true }
    },
    repeatAnswer: 'INVALID_CHALLENGE',
    attempts: [
      {
        input: () => ({ challengeToken: token, response: {} }),
        requires: 'viewer',
        expectedOutcome: 'INVALID_CHALLENGE',
      },
    ],
  },
  beginPasskeyLogin: {
    example: () => ({}),
    database: 'unused',
    attempts: [{ input: null, requires: 'anybody', expectedOutcome: 'PasskeyChallenge' }],
  },
  finishPasskeyLogin: {
    example: async (app, person) => {
      const { authenticator } = await addPasskey(app, person)
      const { challengeToken, options } = await beginLogin(app)
      return { input: { challengeToken, response: authenticator.get(options) } }
    },
    // Otherwise a thief of the response could sign in with it.
    repeatAnswer: 'INVALID_CHALLENGE',
    attempts: [
      {
        input: () => ({ challengeToken: token, response: {} }),
        requires: 'anybody',
        expectedOutcome: 'INVALID_CHALLENGE',
      },
    ],
  },
  renamePasskey: {
    example: async (app, person) => {
      const { passkey } = await addPasskey(app, person)
      return { input: { passkeyId: passkey.id, name: 'Key ring' }, sendsToken: true }
    },
    attempts: [
      {
        prepare: insertPasskey,
        input: ({ victim: { id } }) => ({ passkeyId: id, name: 'Key ring' }),
        requires: 'viewer',
        expectedOutcome: 'Passkey',
        outcomeForOther: 'NOT_FOUND',
      },
    ],
  },
  deletePasskey: {
    example: async (app, person) => {
      const { passkey } = await addPasskey(app, person)
      const { presenceProof } = person
      return { input: { passkeyId: passkey.id, presenceProof }, sendsToken: true }
    },
    // It also revoked the proof of presence.
    repeatAnswer: 'REAUTHENTICATION_REQUIRED',
    attempts: [
      {
        prepare: insertPasskey,
        input: ({ victim: { id }, presenceProof }) => ({ passkeyId: id, presenceProof }),
        requires: 'step-up',
        expectedOutcome: 'Deleted',
        outcomeForOther: 'NOT_FOUND',
      },
    ],
  },
  revokeOtherSessions: {
    example: async (app, person) => {
      await signIn(app, person)
      return { sendsToken: true }
    },
    attempts: [{ input: null, requires: 'viewer', expectedOutcome: 'RevokedSessions' }],
  },
}
