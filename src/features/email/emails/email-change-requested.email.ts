import { defineEmail, type DueEmailJob } from '../../mail/index.js'
import type { EmailChanges } from '../email-changes.js'
import { prepareChangeToken, type EmailChangeDetails } from './change-token.js'

/** Sent to the old address while the owner can still prevent the change. */
export const emailChangeRequestedEmail = defineEmail({
  name: 'EMAIL_CHANGE_REQUESTED',
  path: '/reject-email-change',
  texts: {
    en: {
      subject: 'Your address at {{product}} is about to change',
      paragraphs: [
        'We received a request to change the address of your account, {{email}}, to another address.',
        'The address changes when the link in our e-mail to the new address is confirmed. Until then, nothing changes.',
        'If this was not you, stop the change, because another person has access to your account. You will need to type this address. Then we sign out the other person’s device and send you a link to set a new password.',
        'The link expires after {{lifetime}}.',
      ],
      action: 'Stop the change',
      closing: ['If this was you, you do not need to do anything.'],
    },
    de: {
      subject: 'Ihre Adresse bei {{product}} soll geändert werden',
      paragraphs: [
        'Wir haben eine Anfrage erhalten, die Adresse Ihres Kontos, {{email}}, durch eine andere zu ersetzen.',
        'Die Adresse ändert sich, sobald der Link in unserer E-Mail an die neue Adresse bestätigt wird. Bis dahin ändert sich nichts.',
        'Wenn Sie das nicht waren, stoppen Sie die Änderung, denn eine andere Person hat Zugang zu Ihrem Konto. Sie müssen dafür diese Adresse eingeben. Danach melden wir das Gerät der anderen Person ab und senden Ihnen einen Link, um ein neues Passwort festzulegen.',
        'Der Link gilt {{lifetime}}.',
      ],
      action: 'Änderung stoppen',
      closing: ['Wenn Sie das waren, müssen Sie nichts tun.'],
    },
    es: {
      subject: 'Su dirección en {{product}} está a punto de cambiar',
      paragraphs: [
        'Hemos recibido una solicitud para cambiar la dirección de su cuenta, {{email}}, por otra.',
        'La dirección cambiará cuando se confirme el enlace de nuestro correo a la nueva dirección. Hasta entonces, no cambia nada.',
        'Si no ha sido usted, detenga el cambio, porque otra persona tiene acceso a su cuenta. Tendrá que escribir esta dirección. Después cerraremos la sesión en el dispositivo de la otra persona y le enviaremos un enlace para elegir una contraseña nueva.',
        'El enlace caduca en {{lifetime}}.',
      ],
      action: 'Detener el cambio',
      closing: ['Si ha sido usted, no tiene que hacer nada.'],
    },
  },
  // Sent in every state of the change: the owner must learn about it.
  async prepare(
    tx,
    message: DueEmailJob<EmailChangeDetails>,
    { emailChanges }: { emailChanges: EmailChanges },
  ) {
    const token = await prepareChangeToken(tx, message, 'rejectTokenHash', emailChanges)
    return token && { locale: message.locale, token }
  },
})
