import { defineEmail, prepareNotice, type DueEmailJob } from '../../mail/index.js'
import type { EmailChangeDetails } from './change-token.js'

/** To the new address. Its mailbox may be an intruder’s: it gets no link. */
export const emailChangeConfirmedEmail = defineEmail({
  name: 'EMAIL_CHANGE_CONFIRMED',
  path: null,
  texts: {
    en: {
      subject: 'Your address at {{product}} has been changed',
      paragraphs: [
        'The address of your account has been changed to {{email}}. From now on, sign in with this one.',
      ],
      closing: ['If it was not you who changed it, tell the people who run {{product}} at once.'],
    },
    de: {
      subject: 'Ihre Adresse bei {{product}} wurde geändert',
      paragraphs: [
        'Die Adresse Ihres Kontos wurde in {{email}} geändert. Bitte melden Sie sich ab sofort mit dieser an.',
      ],
      closing: [
        'Wenn Sie das nicht waren, wenden Sie sich sofort an die Betreiber von {{product}}.',
      ],
    },
    es: {
      subject: 'Su dirección en {{product}} ha cambiado',
      paragraphs: [
        'La dirección de su cuenta ha cambiado: ahora es {{email}}. A partir de este momento, inicie sesión con ella.',
      ],
      closing: [
        'Si no ha sido usted quien la ha cambiado, avise de inmediato a los responsables de {{product}}.',
      ],
    },
  },
  prepare: (tx, message: DueEmailJob<EmailChangeDetails>) => prepareNotice(tx, message),
})
