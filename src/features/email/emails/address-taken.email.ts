import { defineEmail, type DueEmailJob } from '../../mail/index.js'
import type { OneTimeTokens } from '../../one-time-tokens/index.js'
import { lockRecipient } from '../../users/index.js'
import type { EmailChanges } from '../email-changes.js'
import { verificationEmail } from '../../email-verification/index.js'

export interface AddressTakenDeps {
  readonly tokens: OneTimeTokens
  readonly emailChanges: EmailChanges
}

/** Tells the owner of an address, and nobody else, that somebody tried to take it. */
export const addressTakenEmail = defineEmail({
  name: 'ADDRESS_TAKEN',
  path: null,
  texts: {
    en: {
      subject: 'You already have an account at {{product}}',
      paragraphs: [
        'Somebody tried to use the address {{email}} for an account, but there is one already: yours. Nothing has changed.',
        'If it was you, sign in as usual. If you forgot your password, ask for a reset where you sign in.',
      ],
      closing: ['If it was not you, there is nothing that you have to do.'],
    },
    de: {
      subject: 'Sie haben bereits ein Konto bei {{product}}',
      paragraphs: [
        'Jemand wollte die Adresse {{email}} für ein Konto verwenden, aber es gibt schon eines: Ihres. Es hat sich nichts geändert.',
        'Wenn Sie das waren, melden Sie sich wie gewohnt an. Falls Sie Ihr Passwort vergessen haben, können Sie dort, wo Sie sich anmelden, ein neues anfordern.',
      ],
      closing: ['Wenn Sie das nicht waren, brauchen Sie nichts zu tun.'],
    },
    es: {
      subject: 'Usted ya tiene una cuenta en {{product}}',
      paragraphs: [
        'Alguien ha intentado usar la dirección {{email}} para una cuenta, pero ya existe una: la suya. No ha cambiado nada.',
        'Si ha sido usted, inicie sesión como siempre. Si ha olvidado su contraseña, pida una nueva donde inicia sesión.',
      ],
      closing: ['Si no ha sido usted, no tiene que hacer nada.'],
    },
  },
  async prepare(tx, message: DueEmailJob, deps: AddressTakenDeps) {
    const { recipient } = message
    const owner = await lockRecipient(tx, recipient)
    const addressee = owner ?? (await deps.emailChanges.findReservingUser(tx, recipient))
    if (!addressee || addressee.isDisabled) return null
    if (!owner || owner.isVerified) return { locale: addressee.locale, token: null }
    // Who never confirmed the address may be who tried, and gets the link again.
    const verification = await verificationEmail.prepare(tx, message, deps)
    return verification && { substituteKind: verificationEmail, ...verification }
  },
})
