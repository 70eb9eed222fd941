import { defineEmail, prepareNotice, type DueEmailJob } from '../../mail/index.js'
import type { EmailChangeDetails } from './change-token.js'

/** Sent to the new address, without a link: an attacker may own that mailbox. */
export const emailChangeConfirmedEmail = defineEmail({
  name: 'EMAIL_CHANGE_CONFIRMED',
  path: null,
  texts: {
    en: {
      subject: 'Your address at {{product}} has been changed',
      paragraphs: [
        'The address of your account has been changed to {{email}}. From now on, sign in with this address.',
      ],
      closing: ['If this was not you, contact the operators of {{product}} immediately.'],
    },
    de: {
      subject: 'Ihre Adresse bei {{product}} wurde geändert',
      paragraphs: [
        'Die Adresse Ihres Kontos wurde in {{email}} geändert. Bitte melden Sie sich ab sofort mit dieser Adresse an.',
      ],
      closing: [
        'Wenn Sie das nicht waren, wenden Sie sich sofort an die Betreiber von {{product}}.',
      ],
    },
    es: {
      subject: 'Su dirección en {{product}} ha cambiado',
      paragraphs: [
        'La dirección de su cuenta ha cambiado. Ahora es {{email}}. A partir de ahora, inicie sesión con esta dirección.',
      ],
      closing: ['Si no ha sido usted, avise de inmediato a los responsables de {{product}}.'],
    },
  },
  prepare: (tx, message: DueEmailJob<EmailChangeDetails>) => prepareNotice(tx, message),
})
