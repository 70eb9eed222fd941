import { defineEmail, prepareNotice } from '../../mail/index.js'

export const totpDisabledEmail = defineEmail({
  name: 'TOTP_DISABLED',
  path: null,
  texts: {
    en: {
      subject: 'The authenticator app of your account at {{product}} was removed',
      paragraphs: [
        'The authenticator app of your account with the address {{email}} was removed. Signing in no longer needs a code.',
      ],
      closing: [
        'If this was not you, reset your password now on the sign-in page. This signs out all devices. Then add an authenticator app again.',
      ],
    },
    de: {
      subject: 'Die Authenticator-App Ihres Kontos bei {{product}} wurde entfernt',
      paragraphs: [
        'Die Authenticator-App Ihres Kontos mit der Adresse {{email}} wurde entfernt. Die Anmeldung braucht keinen Code mehr.',
      ],
      closing: [
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort auf der Anmeldeseite zurück. Dadurch werden alle Geräte abgemeldet. Fügen Sie danach wieder eine Authenticator-App hinzu.',
      ],
    },
    es: {
      subject: 'Se ha eliminado la aplicación de autenticación de su cuenta en {{product}}',
      paragraphs: [
        'Se ha eliminado la aplicación de autenticación de su cuenta con la dirección {{email}}. Ya no se necesita un código para iniciar sesión.',
      ],
      closing: [
        'Si no ha sido usted, restablezca su contraseña de inmediato en la página de inicio de sesión. Así se cierra la sesión en todos los dispositivos. Después, añada de nuevo una aplicación de autenticación.',
      ],
    },
  },
  prepare: prepareNotice,
})
