import { defineEmail, prepareNotice } from '../../mail/index.js'

export const recoveryCodeUsedEmail = defineEmail({
  name: 'RECOVERY_CODE_USED',
  path: null,
  texts: {
    en: {
      subject: 'A recovery code of your account at {{product}} was used',
      paragraphs: [
        'A recovery code of your account with the address {{email}} was used instead of a second factor. It does not work again.',
        'Create new recovery codes in your account before you run out of them.',
      ],
      closing: [
        'If this was not you, reset your password now on the sign-in page. This signs out all devices and removes no second factor. Then create new recovery codes.',
      ],
    },
    de: {
      subject: 'Ein Wiederherstellungscode Ihres Kontos bei {{product}} wurde benutzt',
      paragraphs: [
        'Ein Wiederherstellungscode Ihres Kontos mit der Adresse {{email}} wurde statt eines zweiten Faktors benutzt. Er funktioniert nicht noch einmal.',
        'Erstellen Sie in Ihrem Konto neue Wiederherstellungscodes, bevor alle verbraucht sind.',
      ],
      closing: [
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort auf der Anmeldeseite zurück. Dadurch werden alle Geräte abgemeldet und keine zweiten Faktoren entfernt. Erstellen Sie danach neue Wiederherstellungscodes.',
      ],
    },
    es: {
      subject: 'Se ha usado un código de recuperación de su cuenta en {{product}}',
      paragraphs: [
        'Se ha usado un código de recuperación de su cuenta con la dirección {{email}} en lugar de un segundo factor. No funcionará otra vez.',
        'Cree nuevos códigos de recuperación en su cuenta antes de que se agoten.',
      ],
      closing: [
        'Si no ha sido usted, restablezca su contraseña de inmediato en la página de inicio de sesión. Así se cierra la sesión en todos los dispositivos y no se elimina ningún segundo factor. Después, cree nuevos códigos de recuperación.',
      ],
    },
  },
  prepare: prepareNotice,
})
