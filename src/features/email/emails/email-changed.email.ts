import { defineEmail, type DueEmailJob } from '../../mail/index.js'
import type { EmailChanges } from '../email-changes.js'
import { prepareChangeToken, type EmailChangeDetails } from './change-token.js'

/** Sent to the old address while the change can still be undone. */
export const emailChangedEmail = defineEmail({
  name: 'EMAIL_CHANGED',
  path: '/reject-email-change',
  texts: {
    en: {
      subject: 'Your address at {{product}} has been changed',
      paragraphs: [
        'The address of your account has been changed. It is no longer {{email}}. From now on, sign in with the new address.',
        'If this was not you, undo the change. You will need this address and the password that you had before the change. Then we sign out all devices and send you a link to set a new password.',
        'The link expires after {{lifetime}}.',
      ],
      action: 'Undo the change',
      closing: [
        'If this was you, you do not need to do anything. If this was not you and you no longer know that password, contact the operators of {{product}} immediately.',
      ],
    },
    de: {
      subject: 'Ihre Adresse bei {{product}} wurde geändert',
      paragraphs: [
        'Die Adresse Ihres Kontos wurde geändert. Sie lautet nicht mehr {{email}}. Bitte melden Sie sich ab sofort mit der neuen Adresse an.',
        'Wenn Sie das nicht waren, machen Sie die Änderung rückgängig. Dafür brauchen Sie diese Adresse und das Passwort, das Sie vor der Änderung hatten. Danach melden wir alle Geräte ab und senden Ihnen einen Link, um ein neues Passwort festzulegen.',
        'Der Link gilt {{lifetime}}.',
      ],
      action: 'Änderung rückgängig machen',
      closing: [
        'Wenn Sie das waren, müssen Sie nichts tun. Wenn Sie das nicht waren und das frühere Passwort nicht mehr wissen, wenden Sie sich sofort an die Betreiber von {{product}}.',
      ],
    },
    es: {
      subject: 'Su dirección en {{product}} ha cambiado',
      paragraphs: [
        'La dirección de su cuenta ha cambiado. Ya no es {{email}}. A partir de ahora, inicie sesión con la dirección nueva.',
        'Si no ha sido usted, deshaga el cambio. Necesitará esta dirección y la contraseña que tenía antes del cambio. Después cerraremos la sesión en todos los dispositivos y le enviaremos un enlace para elegir una contraseña nueva.',
        'El enlace caduca en {{lifetime}}.',
      ],
      action: 'Deshacer el cambio',
      closing: [
        'Si ha sido usted, no tiene que hacer nada. Si no ha sido usted y ya no recuerda esa contraseña, avise de inmediato a los responsables de {{product}}.',
      ],
    },
  },
  // Sent in every state of the change: the owner must learn about it.
  async prepare(
    tx,
    message: DueEmailJob<EmailChangeDetails>,
    { emailChanges }: { emailChanges: EmailChanges },
  ) {
    const token = await prepareChangeToken(tx, message, 'undoTokenHash', emailChanges)
    return token && { locale: message.locale, token }
  },
})
