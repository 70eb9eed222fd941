import { defineEmail, prepareNotice } from '../../mail/index.js'

/** Sent to the restored address and to the address that it replaces. */
export const emailChangeUndoneEmail = defineEmail({
  name: 'EMAIL_CHANGE_UNDONE',
  path: null,
  texts: {
    en: {
      subject: 'The change of your address at {{product}} has been undone',
      paragraphs: [
        'Your account has its previous address again. All devices have been signed out.',
        'To sign in, set a new password. We sent the link for this to the previous address.',
      ],
      closing: ['If this was not you, contact the operators of {{product}} immediately.'],
    },
    de: {
      subject: 'Die Änderung Ihrer Adresse bei {{product}} wurde rückgängig gemacht',
      paragraphs: [
        'Ihr Konto hat wieder seine frühere Adresse. Alle Geräte wurden abgemeldet.',
        'Um sich anzumelden, legen Sie ein neues Passwort fest. Den Link dafür haben wir an die frühere Adresse gesendet.',
      ],
      closing: [
        'Wenn Sie das nicht waren, wenden Sie sich sofort an die Betreiber von {{product}}.',
      ],
    },
    es: {
      subject: 'El cambio de su dirección en {{product}} se ha deshecho',
      paragraphs: [
        'Su cuenta vuelve a tener su dirección anterior. Se ha cerrado la sesión en todos los dispositivos.',
        'Para iniciar sesión, elija una contraseña nueva. Hemos enviado el enlace a la dirección anterior.',
      ],
      closing: ['Si no ha sido usted, avise de inmediato a los responsables de {{product}}.'],
    },
  },
  prepare: prepareNotice,
})
