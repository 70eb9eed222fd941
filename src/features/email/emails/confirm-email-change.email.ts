import { defineEmail, type DueEmailJob } from '../../mail/index.js'
import { lockRecipient } from '../../users/index.js'
import { addressTakenEmail, type AddressTakenDeps } from './address-taken.email.js'
import { prepareChangeToken, type EmailChangeDetails } from './change-token.js'

/**
 * Sent to the new address. If the address belongs to an account, its owner gets a notice instead. No other person
 * learns this.
 */
export const confirmEmailChangeEmail = defineEmail({
  name: 'CONFIRM_EMAIL_CHANGE',
  path: '/confirm-email-change',
  texts: {
    en: {
      subject: 'Confirm your new address for {{product}}',
      paragraphs: [
        'We received a request to use the address {{email}} for an account from now on. Please confirm that it is yours. You will need the password of the account.',
        'The link works once and expires after {{lifetime}}. Until you confirm, the account keeps its old address.',
      ],
      action: 'Confirm the new address',
      closing: [
        'If this was not you, do not confirm. Your address would become part of another person’s account. Ignore this e-mail, and nothing will change.',
      ],
    },
    de: {
      subject: 'Bestätigen Sie Ihre neue Adresse für {{product}}',
      paragraphs: [
        'Wir haben eine Anfrage erhalten, die Adresse {{email}} ab jetzt für ein Konto zu verwenden. Bitte bestätigen Sie, dass sie Ihnen gehört. Dafür brauchen Sie das Passwort des Kontos.',
        'Der Link funktioniert einmal und gilt {{lifetime}}. Bis zur Bestätigung behält das Konto seine alte Adresse.',
      ],
      action: 'Neue Adresse bestätigen',
      closing: [
        'Wenn Sie das nicht waren, bestätigen Sie nicht. Ihre Adresse würde sonst zum Konto einer anderen Person gehören. Ignorieren Sie diese E-Mail. Es ändert sich nichts.',
      ],
    },
    es: {
      subject: 'Confirme su nueva dirección para {{product}}',
      paragraphs: [
        'Hemos recibido una solicitud para usar a partir de ahora la dirección {{email}} en una cuenta. Confirme, por favor, que es suya. Necesitará la contraseña de la cuenta.',
        'El enlace funciona una sola vez y caduca en {{lifetime}}. Hasta que usted confirme el cambio, la cuenta conserva su dirección anterior.',
      ],
      action: 'Confirmar la nueva dirección',
      closing: [
        'Si no ha sido usted, no confirme el cambio. Su dirección pasaría a pertenecer a la cuenta de otra persona. Ignore este correo y no cambiará nada.',
      ],
    },
  },
  async prepare(tx, message: DueEmailJob<EmailChangeDetails>, deps: AddressTakenDeps) {
    const { recipient, accountId, locale } = message
    const owner =
      (await lockRecipient(tx, recipient)) ??
      (await deps.emailChanges.findReservingUser(tx, recipient, accountId))
    if (owner) {
      const prepared = await addressTakenEmail.prepare(tx, message, deps)
      return prepared && { substituteKind: addressTakenEmail, ...prepared }
    }
    const token = await prepareChangeToken(tx, message, 'confirmTokenHash', deps.emailChanges)
    return token && { locale, token }
  },
})
