import { defineEmail, prepareNotice } from '../../mail/index.js'

/** To the restored address and to the one that it replaces. */
export const emailChangeUndoneEmail = defineEmail({
  name: 'EMAIL_CHANGE_UNDONE',
  path: null,
  texts: {
    en: {
      subject: 'The change of your address at {{product}} has been undone',
      paragraphs: [
        'Your account has its earlier address again. All devices have been signed out.',
        'To sign in, set a new password. The link for that was sent to the earlier address.',
      ],
      closing: [
        'If it was not you who undid the change, tell the people who run {{product}} at once.',
      ],
    },
    de: {
      subject: 'Die Änderung Ihrer Adresse bei {{product}} wurde rückgängig gemacht',
      paragraphs: [
        'Ihr Konto hat wieder seine frühere Adresse. Alle Geräte wurden abgemeldet.',
        'Um sich anzumelden, legen Sie ein neues Passwort fest. Der Link dafür wurde an die frühere Adresse gesendet.',
      ],
      closing: [
        'Wenn Sie das nicht waren, wenden Sie sich sofort an die Betreiber von {{product}}.',
      ],
    },
    es: {
      subject: 'El cambio de su dirección en {{product}} se ha deshecho',
      paragraphs: [
        'Su cuenta vuelve a tener su dirección anterior. Se ha cerrado la sesión en todos los dispositivos.',
        'Para iniciar sesión, establezca una contraseña nueva. El enlace se ha enviado a la dirección anterior.',
      ],
      closing: [
        'Si no ha sido usted quien lo ha deshecho, avise de inmediato a los responsables de {{product}}.',
      ],
    },
  },
  prepare: prepareNotice,
})
