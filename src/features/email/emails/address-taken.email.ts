import { defineEmail, type DueEmailJob } from '../../mail/index.js'
import type { OneTimeTokens } from '../../one-time-tokens/index.js'
import { lockRecipient } from '../../users/index.js'
import type { EmailChanges } from '../email-changes.js'
import { verificationEmail } from '../../email-verification/index.js'

export interface AddressTakenDeps {
  readonly tokens: OneTimeTokens
  readonly emailChanges: EmailChanges
}

/** Tells only the owner of an address that another person tried to use it. */
export const addressTakenEmail = defineEmail({
  name: 'ADDRESS_TAKEN',
  path: null,
  texts: {
    en: {
      subject: 'You already have an account at {{product}}',
      paragraphs: [
        'We received a request to use the address {{email}} for an account. You already have an account with this address. Nothing has changed.',
        'If this was you, sign in as usual. If you forgot your password, you can reset it on the sign-in page.',
      ],
      closing: ['If this was not you, you do not need to do anything.'],
    },
    de: {
      subject: 'Sie haben bereits ein Konto bei {{product}}',
      paragraphs: [
        'Wir haben eine Anfrage erhalten, die Adresse {{email}} für ein Konto zu verwenden. Sie haben bereits ein Konto mit dieser Adresse. Es hat sich nichts geändert.',
        'Wenn Sie das waren, melden Sie sich wie gewohnt an. Falls Sie Ihr Passwort vergessen haben, können Sie es auf der Anmeldeseite zurücksetzen.',
      ],
      closing: ['Wenn Sie das nicht waren, müssen Sie nichts tun.'],
    },
    es: {
      subject: 'Usted ya tiene una cuenta en {{product}}',
      paragraphs: [
        'Hemos recibido una solicitud para usar la dirección {{email}} en una cuenta. Usted ya tiene una cuenta con esta dirección. No ha cambiado nada.',
        'Si ha sido usted, inicie sesión como siempre. Si ha olvidado su contraseña, puede restablecerla en la página de inicio de sesión.',
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
    // An owner who never confirmed the address may be the person who tried. They get the verification link again.
    const verification = await verificationEmail.prepare(tx, message, deps)
    return verification && { substituteKind: verificationEmail, ...verification }
  },
})
