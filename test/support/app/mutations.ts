import type { TestApp } from './app.js'
import { goodPassword, newEmail, signIn, type Person } from './client.js'
import { askedChange } from '../mail/email-changes.js'
import { requestChange } from '../mail/link-words.js'
import { tokenFor } from '../mail/mail.js'
import { askForReset } from '../mail/mailed-links.js'

interface Example {
  readonly input?: object
  /** Whether the access token of the person goes along. */
  readonly signedIn?: boolean
}

/** Who calls, and whose account is at stake. */
export interface Call {
  readonly victim: Person
  readonly token: string | null
  readonly presenceProof: string | null
}

/** What the authorization matrix sends as each of its callers. */
export interface Attempt {
  /** What sets it apart from others of the same mutation. */
  readonly when?: string
  readonly prepare?: (app: TestApp, call: Call) => Promise<unknown>
  readonly input: ((call: Call) => object) | null
  /** Anybody: the credential is in the input, so token and proof open nothing. A step-up operation needs both. */
  readonly needs: 'anybody' | 'viewer' | 'step-up'
  /** Of who has what it needs: a member of the result's union, or the code of a failure. */
  readonly verdict: string
  /** Of another user, who acts on an account of their own; by default the same. */
  readonly another?: string
}

interface Mutation {
  /** What a person sends who succeeds with it. */
  readonly example: (app: TestApp, person: Person) => Promise<Example> | Example
  /** The answer to the same request sent again; by default that to the first. */
  readonly repeatAnswer?: string
  /** Whether the same request sent again records another audit event of its success. */
  readonly recordsRepeats?: boolean
  readonly attempts: readonly Attempt[]
}

export const nextPassword = 'another horse entirely'

const token = 'A'.repeat(43)
const newPassword = 'a horse of another battery'
const removePassword = ({ db }: TestApp, { victim }: Call) =>
  db.passwordCredential.deleteMany({ where: { userId: victim.id } })

/** Every mutation of the schema: the tests that hold for all of them take their cases from here. */
export const mutations: Readonly<Record<string, Mutation>> = {
  register: {
    example: (_, { password }) => ({ input: { email: newEmail(), password } }),
    // The answer was tokens, of which only hashes are kept: the client signs in with the password that it has.
    repeatAnswer: 'EMAIL_TAKEN',
    attempts: [
      {
        input: ({ victim: { email } }) => ({ email, password: goodPassword }),
        needs: 'anybody',
        verdict: 'EMAIL_TAKEN',
      },
    ],
  },
  login: {
    example: (_, { email, password }) => ({ input: { email, password } }),
    recordsRepeats: true,
    attempts: [
      {
        input: ({ victim: { email } }) => ({ email, password: 'a wrong password' }),
        needs: 'anybody',
        verdict: 'INVALID_CREDENTIALS',
      },
    ],
  },
  refresh: {
    example: (_, { refreshToken }) => ({ input: { refreshToken } }),
    attempts: [
      {
        input: () => ({ refreshToken: token }),
        needs: 'anybody',
        verdict: 'INVALID_REFRESH_TOKEN',
      },
    ],
  },
  logout: {
    example: (_, { refreshToken }) => ({ input: { refreshToken } }),
    attempts: [{ input: null, needs: 'anybody', verdict: 'LogoutPayload' }],
  },
  reauthenticate: {
    example: (_, { password }) => ({ input: { password }, signedIn: true }),
    recordsRepeats: true,
    attempts: [
      {
        input: () => ({ password: 'a wrong password' }),
        needs: 'viewer',
        verdict: 'INVALID_CREDENTIALS',
      },
    ],
  },
  changePassword: {
    example: (_, { password: currentPassword }) => ({
      input: { currentPassword, newPassword: nextPassword },
      signedIn: true,
    }),
    attempts: [
      {
        when: 'with a wrong current password',
        input: ({ presenceProof }) => ({
          currentPassword: 'a wrong password',
          newPassword,
          presenceProof,
        }),
        needs: 'viewer',
        verdict: 'INVALID_CREDENTIALS',
      },
      {
        when: 'without the current password',
        input: ({ presenceProof }) => ({ newPassword, presenceProof }),
        needs: 'viewer',
        verdict: 'INVALID_CREDENTIALS',
      },
      {
        when: 'where there is no password',
        prepare: removePassword,
        input: ({ presenceProof }) => ({ newPassword, presenceProof }),
        needs: 'step-up',
        verdict: 'User',
        another: 'INVALID_CREDENTIALS',
      },
    ],
  },
  requestEmailVerification: {
    example: (_, { email }) => ({ input: { email } }),
    attempts: [
      { input: ({ victim: { email } }) => ({ email }), needs: 'anybody', verdict: 'MailRequested' },
    ],
  },
  requestPasswordReset: {
    example: (_, { email }) => ({ input: { email } }),
    attempts: [
      { input: ({ victim: { email } }) => ({ email }), needs: 'anybody', verdict: 'MailRequested' },
    ],
  },
  requestEmailChange: {
    example: (_, { presenceProof }) => ({
      input: { newEmail: newEmail(), presenceProof },
      signedIn: true,
    }),
    recordsRepeats: true,
    attempts: [
      {
        input: ({ presenceProof }) => ({ newEmail: newEmail(), presenceProof }),
        needs: 'step-up',
        verdict: 'User',
      },
    ],
  },
  verifyEmail: {
    example: async (app, { email, password }) => ({
      input: { token: await tokenFor(app, email), password },
    }),
    attempts: [
      {
        input: () => ({ token, password: goodPassword }),
        needs: 'anybody',
        verdict: 'INVALID_TOKEN',
      },
    ],
  },
  resetPassword: {
    example: async (app, { email }) => {
      await app.deliver()
      await askForReset(app, email)
      return { input: { token: await tokenFor(app, email), newPassword: nextPassword } }
    },
    attempts: [
      { input: () => ({ token, newPassword }), needs: 'anybody', verdict: 'INVALID_TOKEN' },
    ],
  },
  confirmEmailChange: {
    example: async (app, person) => {
      const email = newEmail()
      await requestChange(app, person, email)
      return { input: { token: await tokenFor(app, email) }, signedIn: true }
    },
    attempts: [{ input: () => ({ token }), needs: 'anybody', verdict: 'INVALID_TOKEN' }],
  },
  rejectEmailChange: {
    example: async (app, person) => {
      const { rejectToken: token } = await askedChange(app, person)
      return { input: { token, confirmEmail: person.email } }
    },
    attempts: [
      {
        input: ({ victim: { email } }) => ({ token, confirmEmail: email, password: goodPassword }),
        needs: 'anybody',
        verdict: 'INVALID_TOKEN',
      },
    ],
  },
  exportAccountData: {
    example: (_, { presenceProof }) => ({ input: { presenceProof }, signedIn: true }),
    recordsRepeats: true,
    attempts: [
      {
        input: ({ presenceProof }) => ({ presenceProof }),
        needs: 'step-up',
        verdict: 'AccountData',
      },
    ],
  },
  updateProfile: {
    example: () => ({ input: { name: 'Ana' }, signedIn: true }),
    attempts: [{ input: () => ({ name: 'A name' }), needs: 'viewer', verdict: 'User' }],
  },
  deleteAccount: {
    example: (_, { email: confirmEmail, presenceProof }) => ({
      input: { confirmEmail, presenceProof },
      signedIn: true,
    }),
    // There is no account left that could be asked; clients take this for a sign-out, which it is.
    repeatAnswer: 'UNAUTHENTICATED',
    attempts: [
      {
        input: ({ victim: { email }, presenceProof }) => ({ confirmEmail: email, presenceProof }),
        needs: 'step-up',
        verdict: 'Deleted',
        another: 'INVALID_INPUT',
      },
    ],
  },
  revokeSession: {
    example: async (app, person) => {
      const { sessionId } = await signIn(app, person)
      return { input: { sessionId }, signedIn: true }
    },
    attempts: [
      {
        input: ({ victim: { sessionId } }) => ({ sessionId }),
        needs: 'viewer',
        verdict: 'Session',
        another: 'NOT_FOUND',
      },
    ],
  },
  revokeOtherSessions: {
    example: async (app, person) => {
      await signIn(app, person)
      return { signedIn: true }
    },
    attempts: [{ input: null, needs: 'viewer', verdict: 'RevokedSessions' }],
  },
}
