import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { goodPassword, getRefusalReason } from '../../support/app/client.js'
import { createRequestedChange, createConfirmedChange } from '../../support/mail/email-changes.js'
import {
  headingOf,
  inputsOf,
  getMailedLink,
  openPage,
  problemsOf,
  requestLogLines,
  submitForm,
  successTextOf,
} from '../../support/browser/hosted-pages.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const emailOf = async (id: string) => (await app.db.user.findUniqueOrThrow({ where: { id } })).email

const texts = {
  en: {
    heading: 'Keep your old address',
    labels: ['Your old e-mail address', 'Password (only if the address has already been changed)'],
    wrongAddress: 'The e-mail was not sent to this address. Enter the address that received it.',
    wrongPassword:
      'The address has already been changed, and the password is missing or wrong. Enter the password that you had before the change.',
    done: 'You keep your old address',
    expired: 'This link has expired.',
    confirm: (email: string) => `After that, its address is ${email}.`,
    confirmDead: 'After that, you sign in with the new address.',
  },
  de: {
    heading: 'Alte Adresse behalten',
    labels: ['Ihre alte E-Mail-Adresse', 'Passwort (nur wenn die Adresse schon geändert ist)'],
    wrongAddress:
      'Die E-Mail ging nicht an diese Adresse. Geben Sie die Adresse ein, an die sie gesendet wurde.',
    wrongPassword:
      'Die Adresse ist schon geändert, und das Passwort fehlt oder ist falsch. Geben Sie das Passwort ein, das Sie vor der Änderung hatten.',
    done: 'Sie behalten Ihre alte Adresse',
    expired: 'Dieser Link ist abgelaufen.',
    confirm: (email: string) => `Danach hat das Konto die Adresse ${email}.`,
    confirmDead: 'Danach melden Sie sich mit der neuen Adresse an.',
  },
  es: {
    heading: 'Conserve su dirección anterior',
    labels: ['Su dirección de correo anterior', 'Contraseña (solo si la dirección ya ha cambiado)'],
    wrongAddress: 'El correo no se envió a esta dirección. Introduzca la dirección que lo recibió.',
    wrongPassword:
      'La dirección ya ha cambiado, y la contraseña falta o no es correcta. Introduzca la contraseña que tenía antes del cambio.',
    done: 'Usted conserva su dirección anterior',
    expired: 'Este enlace ha caducado.',
    confirm: (email: string) => `Después, su dirección será ${email}.`,
    confirmDead: 'Después, inicie sesión con la nueva dirección.',
  },
}

const labelsOf = (html: string) =>
  [...html.matchAll(/<label for="([^"]*)">([^<]*)<\/label>/g)].map(([, id, text]) => ({ id, text }))

describe.each(Object.entries(texts))('in %s, /reject-email-change', (language, expected) => {
  const headers = { 'accept-language': language, 'sec-fetch-site': 'same-origin' }
  const openRejectPage = async (email: string) =>
    openPage(app, await getMailedLink(app, email), { 'accept-language': language })

  it('stops a change with the typed address and without a password', async () => {
    const { person, to } = await createRequestedChange(app)
    const page = await openRejectPage(person.email)
    expect([page.status, headingOf(page.html)]).toEqual([200, expected.heading])
    expect(inputsOf(page.html)).toMatchObject([
      { type: 'hidden', name: 'token' },
      { id: 'confirmEmail', type: 'email', name: 'confirmEmail', value: '', required: '' },
      { id: 'password', type: 'password', name: 'password', value: '' },
    ])
    expect(inputsOf(page.html)[2]).not.toHaveProperty('required')
    expect(labelsOf(page.html)).toEqual([
      { id: 'confirmEmail', text: expected.labels[0] },
      { id: 'password', text: expected.labels[1] },
    ])
    // The page must not contain the text that a person has to type: a program could copy it.
    for (const email of [person.email, to]) expect(page.html).not.toContain(email)

    const wrong = await trackChanges(app, () =>
      submitForm(app, page, { confirmEmail: to }, headers),
    )
    expect([wrong.result.status, problemsOf(wrong.result.html)]).toEqual([
      400,
      [expected.wrongAddress],
    ])
    expect(inputsOf(wrong.result.html).slice(1)).toMatchObject([
      { value: to, 'aria-invalid': 'true', 'aria-describedby': 'problem intro' },
      { value: '', 'aria-invalid': 'false' },
    ])
    expect(wrong.touched).toEqual([])
    const done = await submitForm(app, wrong.result, { confirmEmail: person.email }, headers)
    expect([done.status, headingOf(done.html)]).toEqual([200, expected.done])
    expect(await getRefusalReason(app, person.accessToken)).toBe('SESSION_ENDED')
    const twice = await submitForm(app, page, { confirmEmail: person.email }, headers)
    expect(successTextOf(twice.html)).toBe(successTextOf(done.html))
  })

  it('undoes a confirmed change with the password, and reports a missing password', async () => {
    const { person } = await createConfirmedChange(app)
    const { email: confirmEmail, id } = person
    const page = await openRejectPage(confirmEmail)
    for (const password of ['', 'wrong "guess" <b>']) {
      const refused = await submitForm(app, page, { confirmEmail, password }, headers)
      expect([refused.status, problemsOf(refused.html)]).toEqual([400, [expected.wrongPassword]])
      expect(inputsOf(refused.html).slice(1)).toMatchObject([
        { value: confirmEmail, 'aria-invalid': 'false' },
        { value: '', 'aria-invalid': 'true' },
      ])
      expect(refused.html).not.toContain('guess')
    }
    expect(await emailOf(id)).not.toBe(confirmEmail)
    const done = await submitForm(app, page, { confirmEmail, password: goodPassword }, headers)
    expect([done.status, headingOf(done.html)]).toEqual([200, expected.done])
    expect(await emailOf(id)).toBe(confirmEmail)
    expect(requestLogLines(app, '/reject-email-change').at(-1)).toMatchObject({
      operation: 'RejectEmailChange',
      outcomes: ['rejectEmailChange MailRequested'],
    })
  })

  it('reports an expired link', async () => {
    const { person } = await createRequestedChange(app)
    const page = await openRejectPage(person.email)
    app.clock.advance('24h')
    const late = await submitForm(app, page, { confirmEmail: person.email }, headers)
    expect([late.status, problemsOf(late.html)]).toEqual([400, [expected.expired]])
  })

  it('and /confirm-email-change shows the new address while the link is valid', async () => {
    const { to } = await createRequestedChange(app)
    const page = await openRejectPage(to)
    expect(page.html).toContain(expected.confirm(to))
    app.clock.advance('24h')
    const late = await openRejectPage(to)
    expect(late.html).toContain(expected.confirmDead)
    expect(late.html).not.toContain(to)
  })
})
