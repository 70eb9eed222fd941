import { defineEmail, type DueEmailJob } from '../../mail/index.js'
import type { EmailChanges } from '../email-changes.js'
import { prepareChangeToken, type EmailChangeDetails } from './change-token.js'

/** To the old address, while the change can still be undone. */
export const emailChangedEmail = defineEmail({
  name: 'EMAIL_CHANGED',
  path: '/reject-email-change',
  texts: {
    en: {
      subject: 'Your address at {{product}} has been changed',
      paragraphs: [
        'The address of your account has been changed: it is no longer {{email}}. From now on, sign in with the new one.',
        'If it was not you, undo the change. You will be asked to type this address and the password that you had before the change. Then all devices are signed out, and you get a link to set a new password.',
        'The link works for {{lifetime}}.',
      ],
      action: 'Undo the change',
      closing: [
        'If it was you, there is nothing that you have to do. If you no longer know that password, tell the people who run {{product}} at once.',
      ],
    },
    de: {
      subject: 'Ihre Adresse bei {{product}} wurde geändert',
      paragraphs: [
        'Die Adresse Ihres Kontos wurde geändert: Sie ist nicht mehr {{email}}. Bitte melden Sie sich ab sofort mit der neuen an.',
        'Wenn Sie das nicht waren, machen Sie die Änderung rückgängig. Sie werden nach dieser Adresse und nach dem Passwort gefragt, das Sie vor der Änderung hatten. Danach sind alle Geräte abgemeldet, und Sie erhalten einen Link, um ein neues Passwort festzulegen.',
        'Der Link gilt für {{lifetime}}.',
      ],
      action: 'Änderung rückgängig machen',
      closing: [
        'Wenn Sie das waren, brauchen Sie nichts zu tun. Wenn Sie jenes Passwort nicht mehr wissen, wenden Sie sich sofort an die Betreiber von {{product}}.',
      ],
    },
    es: {
      subject: 'Su dirección en {{product}} ha cambiado',
      paragraphs: [
        'La dirección de su cuenta ha cambiado: ya no es {{email}}. A partir de este momento, inicie sesión con la nueva.',
        'Si no ha sido usted, deshaga el cambio. Se le pedirán esta dirección y la contraseña que tenía antes del cambio. Después se cerrará la sesión en todos los dispositivos y usted recibirá un enlace para establecer una contraseña nueva.',
        'El enlace funciona durante {{lifetime}}.',
      ],
      action: 'Deshacer el cambio',
      closing: [
        'Si ha sido usted, no tiene que hacer nada. Si ya no recuerda esa contraseña, avise de inmediato a los responsables de {{product}}.',
      ],
    },
  },
  // Whatever has become of the change: the owner has to hear of it.
  async prepare(
    tx,
    message: DueEmailJob<EmailChangeDetails>,
    { emailChanges }: { emailChanges: EmailChanges },
  ) {
    const token = await prepareChangeToken(tx, message, 'undoTokenHash', emailChanges)
    return token && { locale: message.locale, token }
  },
})
