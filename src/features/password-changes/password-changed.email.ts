import { defineEmail, prepareNotice } from '../mail/index.js'

export const passwordChangedEmail = defineEmail({
  name: 'PASSWORD_CHANGED',
  path: null,
  texts: {
    en: {
      subject: 'Your password at {{product}} has been changed',
      paragraphs: [
        'The password of your account with the address {{email}} has been changed. All other devices have been signed out.',
      ],
      closing: [
        'If this was not you, reset your password now. You can do this on the sign-in page.',
      ],
    },
    de: {
      subject: 'Ihr Passwort bei {{product}} wurde geändert',
      paragraphs: [
        'Das Passwort Ihres Kontos mit der Adresse {{email}} wurde geändert. Alle anderen Geräte wurden abgemeldet.',
      ],
      closing: [
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück. Das ist auf der Anmeldeseite möglich.',
      ],
    },
    es: {
      subject: 'Su contraseña en {{product}} ha cambiado',
      paragraphs: [
        'La contraseña de su cuenta con la dirección {{email}} ha cambiado. Se ha cerrado la sesión en todos los demás dispositivos.',
      ],
      closing: [
        'Si no ha sido usted, restablezca su contraseña de inmediato. Puede hacerlo en la página de inicio de sesión.',
      ],
    },
  },
  prepare: prepareNotice,
})
