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
  succeeded,
} from '../../support/app/client.js'
import { outcomeOf } from '../../support/app/limits.js'
import { mailTo, tokenFor } from '../../support/mail/mail.js'
import { anotherPassword, askForChange, confirmChange } from '../../support/mail/mailed-links.js'
import { watch } from '../../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

/** Somebody who speaks that, and whose first message has arrived. */
async function speakerOf(locale: string | null) {
  const input = { email: newEmail(), password: goodPassword, locale }
  const { data } = await call(app, RegisterDocument, { input })
  await app.deliver()
  const { accessToken: token, refreshToken, user } = succeeded(data?.register)
  return { id: user.id, email: input.email, token, refreshToken: refreshToken ?? '' }
}

type Signed = Record<'email' | 'token', string>

const changePassword = ({ token }: Signed, currentPassword = goodPassword, to = anotherPassword) =>
  call(app, ChangePasswordDocument, { input: { currentPassword, newPassword: to } }, { token })

const deleteAccount = ({ email, token }: Signed, confirmEmail = email) =>
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
    const person = await speakerOf(locales[language])
    await changePassword(person)
    const [, ...told] = await mailTo(app, person.email)
    const subject = subjects.PASSWORD_CHANGED[language]
    expect(told).toMatchObject([{ kind: 'PASSWORD_CHANGED', subject, url: null }])
    expect(JSON.stringify(told)).not.toContain(anotherPassword)
  })

  it.each(languages)('of a deleted account, which is gone by then (%s)', async (language) => {
    const person = await speakerOf(locales[language])
    await deleteAccount(person)
    expect(await app.db.user.count({ where: { id: person.id } })).toBe(0)
    const [, ...told] = await mailTo(app, person.email)
    expect(told).toMatchObject([{ subject: subjects.ACCOUNT_DELETED[language], url: null }])
  })

  it.each(languages)(
    'of a changed address, to the old and to the new one (%s)',
    async (language) => {
      const { email, token } = await speakerOf(locales[language])
      const to = newEmail()
      await askForChange(app, token, to)
      await confirmChange(app, await tokenFor(app, to))
      const subject = subjects.EMAIL_CHANGED[language]
      const noticesTo = async (address: string) =>
        (await mailTo(app, address)).filter(({ kind }) => /EMAIL_CHANGE(D|_CONFIRMED)$/.test(kind))
      const toOld = (await noticesTo(email)).slice(-1)
      expect(await noticesTo(email)).toHaveLength(1)
      expect(toOld).toMatchObject([{ kind: 'EMAIL_CHANGED', subject }])
      expect(toOld[0]?.url).toContain('/reject-email-change?token=')
      const toNew = (await noticesTo(to)).filter(({ kind }) => kind !== 'CONFIRM_EMAIL_CHANGE')
      expect(toNew).toMatchObject([{ kind: 'EMAIL_CHANGE_CONFIRMED', subject, url: null }])
    },
  )

  it('goes to nobody else', async () => {
    const [person, bystander] = [await speakerOf(null), await speakerOf(null)]
    await changePassword(person)
    await deleteAccount(person)
    expect(await mailTo(app, bystander.email)).toHaveLength(1)
  })
})

describe('a notice is written in the transaction of what it tells:', () => {
  it.each([
    ['PASSWORD_CHANGED', changePassword, 'PASSWORD_CHANGED'],
    ['ACCOUNT_DELETED', deleteAccount, 'USER_DELETED'],
  ] as const)('%s', async (kind, act, type) => {
    const person = await speakerOf(null)
    await act(person)
    const [row] = await app.db.$queryRaw<{ notice: string; event: string }[]>`
      SELECT m.xmin::text AS notice, e.xmin::text AS event
      FROM outbox_messages m, audit_events e
      WHERE m.recipient = ${person.email} AND m.kind::text = ${kind}
        AND e.target_id = ${person.id}::uuid AND e.type::text = ${type}`
    expect(row?.notice).toMatch(/^\d+$/)
    expect(row?.notice).toBe(row?.event)
  })
})

describe('what is refused is told to nobody:', () => {
  it.each([
    [
      'a wrong old password',
      (who: Signed) => changePassword(who, 'a guess'),
      'INVALID_CREDENTIALS',
    ],
    [
      'a weak new one',
      (who: Signed) => changePassword(who, goodPassword, 'short'),
      'WEAK_PASSWORD',
    ],
    ['another address', (who: Signed) => deleteAccount(who, newEmail()), 'INVALID_INPUT'],
  ])('%s', async (_, act, code) => {
    const person = await speakerOf(null)
    const { result, touched } = await watch(app, async () => outcomeOf(await act(person)))
    expect(result).toBe(code)
    expect(touched).not.toContain('outbox_messages')
    expect(await mailTo(app, person.email)).toHaveLength(1)
  })

  it('a deletion without a proof of presence', async () => {
    const { email, refreshToken } = await registerPerson(app)
    await app.deliver()
    app.clock.advance('11m')
    const { accessToken: token } = succeeded(await refresh(app, refreshToken))
    const { result, touched } = await watch(app, () => deleteAccount({ email, token }))
    expect(outcomeOf(result)).toBe('REAUTHENTICATION_REQUIRED')
    expect(touched).toEqual([])
  })
})
