import { defineEmail, type DueEmailJob } from '../../mail/index.js'
import { lockRecipient } from '../../users/index.js'
import { addressTakenEmail, type AddressTakenDeps } from './address-taken.email.js'
import { prepareChangeToken, type EmailChangeDetails } from './change-token.js'

/** To the new address. When it is somebody’s, they are told instead: nobody else learns of it. */
export const confirmEmailChangeEmail = defineEmail({
  name: 'CONFIRM_EMAIL_CHANGE',
  path: '/confirm-email-change',
  texts: {
    en: {
      subject: 'Confirm your new address for {{product}}',
      paragraphs: [
        'Somebody, hopefully you, asked to use the address {{email}} for an account from now on. Please confirm that it is yours. You will be asked for the password of the account.',
        'The link works once, for {{lifetime}}. Until you confirm, the account keeps its old address.',
      ],
      action: 'Confirm the new address',
      closing: [
        'If it was not you, do not confirm: your address would belong to the account of somebody else. Ignore this message, and nothing changes.',
      ],
    },
    de: {
      subject: 'Bestätigen Sie Ihre neue Adresse für {{product}}',
      paragraphs: [
        'Jemand, hoffentlich Sie, möchte die Adresse {{email}} ab jetzt für ein Konto verwenden. Bitte bestätigen Sie, dass sie Ihnen gehört. Sie werden dabei nach dem Passwort des Kontos gefragt.',
        'Der Link gilt einmal und für {{lifetime}}. Bis zur Bestätigung behält das Konto seine alte Adresse.',
      ],
      action: 'Neue Adresse bestätigen',
      closing: [
        'Wenn Sie das nicht waren, bestätigen Sie nicht: Ihre Adresse würde zum Konto eines anderen gehören. Ignorieren Sie diese Nachricht, und es ändert sich nichts.',
      ],
    },
    es: {
      subject: 'Confirme su nueva dirección para {{product}}',
      paragraphs: [
        'Alguien, esperamos que usted, ha pedido usar a partir de ahora la dirección {{email}} para una cuenta. Confirme, por favor, que es suya. Se le pedirá la contraseña de la cuenta.',
        'El enlace funciona una sola vez, durante {{lifetime}}. Hasta que lo confirme, la cuenta conserva su dirección anterior.',
      ],
      action: 'Confirmar la nueva dirección',
      closing: [
        'Si no ha sido usted, no confirme: su dirección pasaría a ser la de la cuenta de otra persona. Ignore este mensaje y no cambiará nada.',
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
