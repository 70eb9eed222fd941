// An attacker who controls an account for a minute gets its export. The export must not extend that access. A person
// who registers another person's address must not learn which e-mails it got before.
import { afterAll, describe, expect, it } from 'vitest'
import {
  DeleteAccountDocument,
  ExportAccountDataDocument,
  UpdateProfileDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  logout,
  newEmail,
  registerPerson,
  signIn,
} from '../../support/app/client.js'
import { listMailTo, getMailedToken } from '../../support/mail/mail.js'
import { requestEmailChange, requestPasswordReset } from '../../support/mail/mailed-links.js'
import { presenceProofOf } from '../../support/app/presence-proofs.js'

const app = await startApp()
afterAll(app.close)

const exportData = (token: string | null) => call(app, ExportAccountDataDocument, {}, { token })

/** A user with data of every kind. */
async function registerWithAllData(username: string) {
  const person = await registerPerson(app)
  const { email, accessToken: token } = person
  await call(app, UpdateProfileDocument, { input: { username } }, { token })
  const endedSession = await signIn(app, person)
  await logout(app, endedSession.refreshToken)
  const to = newEmail()
  await requestEmailChange(app, token, to)
  await requestPasswordReset(app, email)
  const links = [await getMailedToken(app, email), await getMailedToken(app, to)]
  return { person, gone: endedSession, to, links }
}

describe('the export of an account', () => {
  it('contains no hashes and no tokens', async () => {
    const { person, gone, links } = await registerWithAllData('Ada.Secret')
    const { id: userId, accessToken, refreshToken } = person
    const user = await app.db.user.findUniqueOrThrow({
      where: { id: userId },
      include: {
        password: true,
        oneTimeTokens: true,
        emailChanges: true,
        sessions: { include: { refreshToken: true } },
      },
    })
    const hash = user.password?.hash ?? ''
    const seeds = user.sessions.flatMap(({ refreshToken: row }) => (row ? [row.seedHash] : []))
    const changeTokens = user.emailChanges.flatMap((change) => [
      change.confirmTokenHash,
      change.rejectTokenHash,
    ])
    const tokens = [...user.oneTimeTokens.map(({ tokenHash }) => tokenHash), ...changeTokens]
    expect([seeds.length, tokens.length]).toEqual([2, 2 + 2])
    expect(user.emailChanges[0]?.passwordHash).toBe(hash)
    const secrets = [
      goodPassword,
      hash,
      ...hash.split('$').slice(-2),
      ...[...seeds, ...tokens].flatMap((bytes) => encodingsOf(bytes ?? new Uint8Array())),
      ...[accessToken, refreshToken, gone.accessToken, gone.refreshToken, ...links],
      ...[person, gone].map((one) => presenceProofOf(one.accessToken) ?? ''),
    ]
    const { text } = await exportData(accessToken)
    expect(text).toContain(user.email)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(10)
      expect(text).not.toContain(secret)
    }
    expect(text).not.toMatch(/"\w*(hash|token|seed|secret|sealed)\w*":/i)
  })

  it('contains no data of another account', async () => {
    const { person } = await registerWithAllData('Ada.Alone')
    const { person: other, to } = await registerWithAllData('Bea.Other')
    const second = await signIn(app, other)
    const { text } = await exportData(person.accessToken)
    for (const foreign of [other.id, other.email, to, other.sessionId, second.sessionId]) {
      expect(text).not.toContain(foreign)
    }
    expect(text).not.toContain('Bea.Other')
  })

  it.each<[string, (email: string) => Promise<unknown>]>([
    ['the previous owner of the address', deleteEarlierAccount],
    ['a user who requested a change to the address', requestMoveTo],
  ])('contains no e-mail to %s', async (_, recipientKind) => {
    const email = newEmail()
    await recipientKind(email)
    expect((await listMailTo(app, email)).length).toBeGreaterThan(0)
    app.clock.advance('1m')
    const { accessToken } = await registerPerson(app, email)
    const { data } = await exportData(accessToken)
    const result = data?.exportAccountData
    const { messages } = (result as { json: { messages: { kind: string }[] } }).json
    expect(messages.map(({ kind }) => kind)).toEqual(['VERIFY_EMAIL'])
  })
})

async function deleteEarlierAccount(email: string) {
  const { accessToken: token } = await registerPerson(app, email)
  await call(app, DeleteAccountDocument, { input: { confirmEmail: email } }, { token })
}

async function requestMoveTo(email: string) {
  const { accessToken } = await registerPerson(app)
  await requestEmailChange(app, accessToken, email)
}

/** The possible encodings of bytes in JSON. */
function encodingsOf(bytes: Uint8Array) {
  const buffer = Buffer.from(bytes)
  const [array, object] = [JSON.stringify([...bytes]), JSON.stringify(bytes)]
  return [
    ...(['hex', 'base64', 'base64url'] as const).map((encoding) => buffer.toString(encoding)),
    ...[array, object].map((text) => text.slice(1, -1)),
  ]
}
