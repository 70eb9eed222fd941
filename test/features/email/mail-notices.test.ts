import { afterAll, describe, expect, it } from 'vitest'
import {
  ChangePasswordDocument,
  DeleteAccountDocument,
  RegisterDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  newEmail,
  refresh,
  registerPerson,
  getAuthPayload,
} from '../../support/app/client.js'
import { outcomeOf } from '../../support/app/rate-limits.js'
import { listMailTo, getMailedToken } from '../../support/mail/mail.js'
import {
  anotherPassword,
  requestEmailChange,
  confirmEmailChange,
} from '../../support/mail/mailed-links.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

/** A user with that language whose first e-mail has arrived. */
async function registerSpeaker(locale: string | null) {
  const input = { email: newEmail(), password: goodPassword, locale }
  const { data } = await call(app, RegisterDocument, { input })
  await app.deliver()
  const { accessToken: token, refreshToken, user } = getAuthPayload(data?.register)
  return { id: user.id, email: input.email, token, refreshToken: refreshToken ?? '' }
}

type Credentials = Record<'email' | 'token', string>

const changePassword = (
  { token }: Credentials,
  currentPassword = goodPassword,
  to = anotherPassword,
) => call(app, ChangePasswordDocument, { input: { currentPassword, newPassword: to } }, { token })

const deleteAccount = ({ email, token }: Credentials, confirmEmail = email) =>
  call(app, DeleteAccountDocument, { input: { confirmEmail } }, { token })

const languages = ['en', 'de', 'es'] as const
const locales = { en: null, de: 'de-CH', es: 'es-419' }

describe('one notice, in the language of the account:', () => {
  const subjects = {
    PASSWORD_CHANGED: {
      en: 'Your password at Latchkey has been changed',
      de: 'Ihr Passwort bei Latchkey wurde geändert',
      es: 'Su contraseña en Latchkey ha cambiado',
    },
    ACCOUNT_DELETED: {
      en: 'Your account at Latchkey has been deleted',
      de: 'Ihr Konto bei Latchkey wurde gelöscht',
      es: 'Su cuenta en Latchkey se ha eliminado',
    },
    EMAIL_CHANGED: {
      en: 'Your address at Latchkey has been changed',
      de: 'Ihre Adresse bei Latchkey wurde geändert',
      es: 'Su dirección en Latchkey ha cambiado',
    },
  }

  it.each(languages)('of a changed password (%s)', async (language) => {
    const person = await registerSpeaker(locales[language])
    await changePassword(person)
    const [, ...notices] = await listMailTo(app, person.email)
    const subject = subjects.PASSWORD_CHANGED[language]
    expect(notices).toMatchObject([{ kind: 'PASSWORD_CHANGED', subject, url: null }])
    expect(JSON.stringify(notices)).not.toContain(anotherPassword)
  })

  it.each(languages)('of a deleted account, sent after the deletion (%s)', async (language) => {
    const person = await registerSpeaker(locales[language])
    await deleteAccount(person)
    expect(await app.db.user.count({ where: { id: person.id } })).toBe(0)
    const [, ...notices] = await listMailTo(app, person.email)
    expect(notices).toMatchObject([{ subject: subjects.ACCOUNT_DELETED[language], url: null }])
  })

  it.each(languages)(
    'of a changed address, to the old and to the new one (%s)',
    async (language) => {
      const { email, token } = await registerSpeaker(locales[language])
      const to = newEmail()
      await requestEmailChange(app, token, to)
      await confirmEmailChange(app, await getMailedToken(app, to))
      const subject = subjects.EMAIL_CHANGED[language]
      const noticesTo = async (recipient: string) =>
        (await listMailTo(app, recipient)).filter(({ kind }) =>
          /EMAIL_CHANGE(D|_CONFIRMED)$/.test(kind),
        )
      const toOld = (await noticesTo(email)).slice(-1)
      expect(await noticesTo(email)).toHaveLength(1)
      expect(toOld).toMatchObject([{ kind: 'EMAIL_CHANGED', subject }])
      expect(toOld[0]?.url).toContain('/reject-email-change?token=')
      const toNew = (await noticesTo(to)).filter(({ kind }) => kind !== 'CONFIRM_EMAIL_CHANGE')
      expect(toNew).toMatchObject([{ kind: 'EMAIL_CHANGE_CONFIRMED', subject, url: null }])
    },
  )

  it('goes to no other address', async () => {
    const [person, bystander] = [await registerSpeaker(null), await registerSpeaker(null)]
    await changePassword(person)
    await deleteAccount(person)
    expect(await listMailTo(app, bystander.email)).toHaveLength(1)
  })
})

describe('a notice is enqueued in the transaction of its event:', () => {
  it.each([
    ['PASSWORD_CHANGED', changePassword, 'PASSWORD_CHANGED'],
    ['ACCOUNT_DELETED', deleteAccount, 'USER_DELETED'],
  ] as const)('%s', async (kind, action, type) => {
    const person = await registerSpeaker(null)
    await action(person)
    const [row] = await app.db.$queryRaw<{ notice: string; event: string }[]>`
      SELECT m.xmin::text AS notice, e.xmin::text AS event
      FROM outbox_messages m, audit_events e
      WHERE m.recipient = ${person.email} AND m.kind::text = ${kind}
        AND e.target_id = ${person.id}::uuid AND e.type::text = ${type}`
    expect(row?.notice).toMatch(/^\d+$/)
    expect(row?.notice).toBe(row?.event)
  })
})

describe('a refused request sends no notice:', () => {
  it.each([
    [
      'a wrong old password',
      (signedIn: Credentials) => changePassword(signedIn, 'a guess'),
      'INVALID_CREDENTIALS',
    ],
    [
      'a weak new one',
      (signedIn: Credentials) => changePassword(signedIn, goodPassword, 'short'),
      'WEAK_PASSWORD',
    ],
    [
      'another address',
      (signedIn: Credentials) => deleteAccount(signedIn, newEmail()),
      'INVALID_INPUT',
    ],
  ])('%s', async (_, action, code) => {
    const person = await registerSpeaker(null)
    const { result, touched } = await trackChanges(app, async () => outcomeOf(await action(person)))
    expect(result).toBe(code)
    expect(touched).not.toContain('outbox_messages')
    expect(await listMailTo(app, person.email)).toHaveLength(1)
  })

  it('a deletion without a presence proof', async () => {
    const { email, refreshToken } = await registerPerson(app)
    await app.deliver()
    app.clock.advance('11m')
    const { accessToken: token } = getAuthPayload(await refresh(app, refreshToken))
    const { result, touched } = await trackChanges(app, () => deleteAccount({ email, token }))
    expect(outcomeOf(result)).toBe('REAUTHENTICATION_REQUIRED')
    expect(touched).toEqual([])
  })
})
