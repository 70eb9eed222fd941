import type { TestApp } from './app.js'
import { goodPassword, newEmail } from './client.js'
import type { CallerContext, MutationExamples } from './mutation-example.types.js'
import { createRequestedChange } from '../mail/email-changes.js'
import { requestEmailChangeAs } from '../mail/mailed-link-outcomes.js'
import { getMailedToken } from '../mail/mail.js'
import { requestPasswordReset } from '../mail/mailed-links.js'

export const nextPassword = 'another horse entirely'

const token = 'A'.repeat(43)
const newPassword = 'a horse of another battery'
const removePassword = ({ db }: TestApp, { victim }: CallerContext) =>
  db.passwordCredential.deleteMany({ where: { userId: victim.id } })

/** Mutations of passwords, addresses, the profile and the account. */
export const accountMutations: Readonly<Record<string, MutationExamples>> = {
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
}
