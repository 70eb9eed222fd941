import { defineEmail, prepareNotice } from '../../mail/index.js'

export const passkeyRemovedEmail = defineEmail({
  name: 'PASSKEY_REMOVED',
  path: null,
  texts: {
    en: {
      subject: 'A passkey for {{product}} has been removed',
      paragraphs: [
        'A passkey has been removed from your account with the address {{email}}. It can no longer sign in.',
      ],
      closing: [
        'If this was not you, reset your password now on the sign-in page. This signs out all devices.',
      ],
    },
    de: {
      subject: 'Ein Passkey für {{product}} wurde entfernt',
      paragraphs: [
        'Aus Ihrem Konto mit der Adresse {{email}} wurde ein Passkey entfernt. Mit ihm ist keine Anmeldung mehr möglich.',
      ],
      closing: [
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort auf der Anmeldeseite zurück. Das meldet alle Geräte ab.',
      ],
    },
    es: {
      subject: 'Se ha eliminado una llave de acceso para {{product}}',
      paragraphs: [
        'Se ha eliminado una llave de acceso de su cuenta con la dirección {{email}}. Ya no sirve para iniciar sesión.',
      ],
      closing: [
        'Si no ha sido usted, restablezca su contraseña de inmediato en la página de inicio de sesión. Así se cierra la sesión en todos los dispositivos.',
      ],
    },
  },
  prepare: prepareNotice,
})
