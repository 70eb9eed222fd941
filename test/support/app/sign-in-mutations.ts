import { goodPassword, newEmail, signIn } from './client.js'
import { beginSignIn, enrollTotp, nextTotpCode } from './factors.js'
import type { MutationExamples } from './mutation-example.types.js'
import { addPasskey, beginLogin } from './passkeys.js'

const token = 'A'.repeat(43)

/** Mutations that start, renew, end or prove a session. */
export const signInMutations: Readonly<Record<string, MutationExamples>> = {
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
  verifyMfa: {
    example: async (app, person) => {
      const { secret } = await enrollTotp(app, person)
      const { challengeToken } = await beginSignIn(app, person)
      return { input: { challengeToken, method: 'TOTP', code: nextTotpCode(app, secret) } }
    },
    // A challenge and a code sign in once.
    repeatAnswer: 'INVALID_CHALLENGE',
    raceAnswers: ['INVALID_MFA_CODE'],
    attempts: [
      {
        input: () => ({ challengeToken: token, method: 'TOTP', code: '123456' }),
        requires: 'anybody',
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
  revokeOtherSessions: {
    example: async (app, person) => {
      await signIn(app, person)
      return { sendsToken: true }
    },
    attempts: [{ input: null, requires: 'viewer', expectedOutcome: 'RevokedSessions' }],
  },
}
