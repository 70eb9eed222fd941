import { defineEmail, prepareNotice } from '../../mail/index.js'

export const totpEnabledEmail = defineEmail({
  name: 'TOTP_ENABLED',
  path: null,
  texts: {
    en: {
      subject: 'An authenticator app was added to your account at {{product}}',
      paragraphs: [
        'An authenticator app was added to your account with the address {{email}}. Signing in now needs a code of this app.',
      ],
      closing: [
        'If this was not you, reset your password now on the sign-in page. This signs out all devices and removes no second factor. Then ask the service to remove the app.',
      ],
    },
    de: {
      subject: 'Eine Authenticator-App wurde Ihrem Konto bei {{product}} hinzugefügt',
      paragraphs: [
        'Ihrem Konto mit der Adresse {{email}} wurde eine Authenticator-App hinzugefügt. Die Anmeldung braucht jetzt einen Code dieser App.',
      ],
      closing: [
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort auf der Anmeldeseite zurück. Dadurch werden alle Geräte abgemeldet und keine zweiten Faktoren entfernt. Bitten Sie danach den Dienst, die App zu entfernen.',
      ],
    },
    es: {
      subject: 'Se ha añadido una aplicación de autenticación a su cuenta en {{product}}',
      paragraphs: [
        'Se ha añadido una aplicación de autenticación a su cuenta con la dirección {{email}}. Ahora se necesita un código de esta aplicación para iniciar sesión.',
      ],
      closing: [
        'Si no ha sido usted, restablezca su contraseña de inmediato en la página de inicio de sesión. Así se cierra la sesión en todos los dispositivos y no se elimina ningún segundo factor. Después, pida al servicio que elimine la aplicación.',
      ],
    },
  },
  prepare: prepareNotice,
})
