import { defineEmail, prepareNotice } from '../../mail/index.js'

export const passkeyAddedEmail = defineEmail({
  name: 'PASSKEY_ADDED',
  path: null,
  texts: {
    en: {
      subject: 'A passkey for {{product}} has been added',
      paragraphs: [
        'A passkey has been added to your account with the address {{email}}. It signs in without the password.',
      ],
      closing: [
        'If this was not you, reset your password now on the sign-in page. This signs out all devices but removes no passkey. Then sign in and remove the passkey.',
      ],
    },
    de: {
      subject: 'Ein Passkey für {{product}} wurde hinzugefügt',
      paragraphs: [
        'Zu Ihrem Konto mit der Adresse {{email}} wurde ein Passkey hinzugefügt. Mit ihm ist die Anmeldung ohne Passwort möglich.',
      ],
      closing: [
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort auf der Anmeldeseite zurück. Das meldet alle Geräte ab, entfernt aber keinen Passkey. Melden Sie sich danach an und entfernen Sie den Passkey.',
      ],
    },
    es: {
      subject: 'Se ha añadido una llave de acceso para {{product}}',
      paragraphs: [
        'Se ha añadido una llave de acceso a su cuenta con la dirección {{email}}. Con ella se inicia sesión sin contraseña.',
      ],
      closing: [
        'Si no ha sido usted, restablezca su contraseña de inmediato en la página de inicio de sesión. Así se cierra la sesión en todos los dispositivos, pero no se elimina ninguna llave de acceso. Después inicie sesión y elimine la llave de acceso.',
      ],
    },
  },
  prepare: prepareNotice,
})
