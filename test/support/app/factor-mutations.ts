import { hash } from 'node:crypto'
import type { TestApp } from './app.js'
import { createAuthenticator } from './authenticator.js'
import { beginTotp, enrollTotp, nextTotpCode, totpCode } from './factors.js'
import type { CallerContext, MutationExamples } from './mutation-example.types.js'
import { addPasskey, beginRegistration } from './passkeys.js'

const token = 'A'.repeat(43)

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

/** Mutations that add, change or remove second factors and passkeys. */
export const factorMutations: Readonly<Record<string, MutationExamples>> = {
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
    raceAnswers: ['INVALID_MFA_CODE'],
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
}
