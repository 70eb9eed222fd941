import { defineEmail, type DueEmailJob } from '../../mail/index.js'
import type { EmailChanges } from '../email-changes.js'
import { prepareChangeToken, type EmailChangeDetails } from './change-token.js'

/** To the old address, while there is time to prevent the change. */
export const emailChangeRequestedEmail = defineEmail({
  name: 'EMAIL_CHANGE_REQUESTED',
  path: '/reject-email-change',
  texts: {
    en: {
      subject: 'Your address at {{product}} is about to change',
      paragraphs: [
        'Somebody, hopefully you, asked to change the address of your account, {{email}}, to another one.',
        'It changes when that is confirmed by a message to the new address. Until then, everything stays as it is.',
        'If it was not you, stop the change: somebody else can get into your account. You will be asked to type this address. Then that device is signed out, and you get a link to set a new password.',
        'The link works for {{lifetime}}.',
      ],
      action: 'Stop the change',
      closing: ['If it was you, there is nothing that you have to do.'],
    },
    de: {
      subject: 'Ihre Adresse bei {{product}} soll geändert werden',
      paragraphs: [
        'Jemand, hoffentlich Sie, möchte die Adresse Ihres Kontos, {{email}}, durch eine andere ersetzen.',
        'Geändert wird sie, sobald dies mit einer Nachricht an die neue Adresse bestätigt ist. Bis dahin bleibt alles, wie es ist.',
        'Wenn Sie das nicht waren, stoppen Sie die Änderung: Jemand anderes hat Zugang zu Ihrem Konto. Sie werden gebeten, diese Adresse einzugeben. Danach ist jenes Gerät abgemeldet, und Sie erhalten einen Link, um ein neues Passwort festzulegen.',
        'Der Link gilt für {{lifetime}}.',
      ],
      action: 'Änderung stoppen',
      closing: ['Wenn Sie das waren, brauchen Sie nichts zu tun.'],
    },
    es: {
      subject: 'Su dirección en {{product}} está a punto de cambiar',
      paragraphs: [
        'Alguien, esperamos que usted, ha pedido cambiar la dirección de su cuenta, {{email}}, por otra.',
        'Cambiará cuando se confirme mediante un mensaje a la nueva dirección. Hasta entonces, todo sigue igual.',
        'Si no ha sido usted, detenga el cambio: otra persona puede entrar en su cuenta. Se le pedirá que escriba esta dirección. Después se cerrará la sesión en ese dispositivo y usted recibirá un enlace para establecer una contraseña nueva.',
        'El enlace funciona durante {{lifetime}}.',
      ],
      action: 'Detener el cambio',
      closing: ['Si ha sido usted, no tiene que hacer nada.'],
    },
  },
  // Whatever has become of the change: the owner has to hear of it.
  async prepare(
    tx,
    message: DueEmailJob<EmailChangeDetails>,
    { emailChanges }: { emailChanges: EmailChanges },
  ) {
    const token = await prepareChangeToken(tx, message, 'rejectTokenHash', emailChanges)
    return token && { locale: message.locale, token }
  },
})
