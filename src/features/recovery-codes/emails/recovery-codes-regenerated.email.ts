import { defineEmail, prepareNotice } from '../../mail/index.js'

export const recoveryCodesRegeneratedEmail = defineEmail({
  name: 'RECOVERY_CODES_REGENERATED',
  path: null,
  texts: {
    en: {
      subject: 'New recovery codes for your account at {{product}}',
      paragraphs: [
        'New recovery codes were created for your account with the address {{email}}. The earlier codes no longer work.',
      ],
      closing: [
        'If this was not you, reset your password now on the sign-in page. This signs out all devices and removes no second factor. Then create new recovery codes.',
      ],
    },
    de: {
      subject: 'Neue Wiederherstellungscodes für Ihr Konto bei {{product}}',
      paragraphs: [
        'Für Ihr Konto mit der Adresse {{email}} wurden neue Wiederherstellungscodes erstellt. Die früheren Codes funktionieren nicht mehr.',
      ],
      closing: [
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort auf der Anmeldeseite zurück. Dadurch werden alle Geräte abgemeldet und keine zweiten Faktoren entfernt. Erstellen Sie danach neue Wiederherstellungscodes.',
      ],
    },
    es: {
      subject: 'Nuevos códigos de recuperación para su cuenta en {{product}}',
      paragraphs: [
        'Se han creado nuevos códigos de recuperación para su cuenta con la dirección {{email}}. Los códigos anteriores ya no funcionan.',
      ],
      closing: [
        'Si no ha sido usted, restablezca su contraseña de inmediato en la página de inicio de sesión. Así se cierra la sesión en todos los dispositivos y no se elimina ningún segundo factor. Después, cree nuevos códigos de recuperación.',
      ],
    },
  },
  prepare: prepareNotice,
})
