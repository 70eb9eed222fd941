import { defineEmail, prepareNotice } from '../../mail/index.js'

export const passwordChangedEmail = defineEmail({
  name: 'PASSWORD_CHANGED',
  path: null,
  texts: {
    en: {
      subject: 'Your password at {{product}} has been changed',
      paragraphs: [
        'The password of your account with the address {{email}} has been changed, and all other devices have been signed out.',
      ],
      closing: [
        'If it was not you who changed it, reset your password at once: ask for it where you sign in.',
      ],
    },
    de: {
      subject: 'Ihr Passwort bei {{product}} wurde geändert',
      paragraphs: [
        'Das Passwort Ihres Kontos mit der Adresse {{email}} wurde geändert, und alle anderen Geräte wurden abgemeldet.',
      ],
      closing: [
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück: Das geht dort, wo Sie sich anmelden.',
      ],
    },
    es: {
      subject: 'Su contraseña en {{product}} ha cambiado',
      paragraphs: [
        'La contraseña de su cuenta con la dirección {{email}} ha cambiado, y se ha cerrado la sesión en todos los demás dispositivos.',
      ],
      closing: [
        'Si no ha sido usted quien la ha cambiado, restablezca su contraseña de inmediato: puede pedirlo donde inicia sesión.',
      ],
    },
  },
  prepare: prepareNotice,
})
