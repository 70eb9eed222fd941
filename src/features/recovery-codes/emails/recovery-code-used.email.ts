import { defineEmail, type DueEmailJob } from '../../mail/index.js'

interface Details {
  readonly remaining: string
}

export const recoveryCodeUsedEmail = defineEmail({
  name: 'RECOVERY_CODE_USED',
  path: null,
  counts: ['remaining'],
  texts: {
    en: {
      subject: 'A recovery code of your account at {{product}} was used',
      paragraphs: [
        'A recovery code of your account with the address {{email}} was used instead of a second factor. It does not work again.',
        'Unused recovery codes: {{remaining}}. Create new ones in your account before you run out of them.',
      ],
      closing: [
        'If this was not you, reset your password now on the sign-in page. This signs out all devices and removes no second factor. Then create new recovery codes.',
      ],
    },
    de: {
      subject: 'Ein Wiederherstellungscode Ihres Kontos bei {{product}} wurde benutzt',
      paragraphs: [
        'Ein Wiederherstellungscode Ihres Kontos mit der Adresse {{email}} wurde statt eines zweiten Faktors benutzt. Er funktioniert nicht noch einmal.',
        'Unbenutzte Wiederherstellungscodes: {{remaining}}. Erstellen Sie in Ihrem Konto neue, bevor alle verbraucht sind.',
      ],
      closing: [
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort auf der Anmeldeseite zurück. Dadurch werden alle Geräte abgemeldet und keine zweiten Faktoren entfernt. Erstellen Sie danach neue Wiederherstellungscodes.',
      ],
    },
    es: {
      subject: 'Se ha usado un código de recuperación de su cuenta en {{product}}',
      paragraphs: [
        'Se ha usado un código de recuperación de su cuenta con la dirección {{email}} en lugar de un segundo factor. No funcionará otra vez.',
        'Códigos de recuperación sin usar: {{remaining}}. Cree otros nuevos en su cuenta antes de que se agoten.',
      ],
      closing: [
        'Si no ha sido usted, restablezca su contraseña de inmediato en la página de inicio de sesión. Así se cierra la sesión en todos los dispositivos y no se elimina ningún segundo factor. Después, cree nuevos códigos de recuperación.',
      ],
    },
  },
  prepare: (_tx, { locale, details }: DueEmailJob<Details>) => {
    const remaining = Number(details.remaining ?? 0) // a deleted account has none
    return Promise.resolve({ locale, token: null, counts: { remaining } })
  },
})
