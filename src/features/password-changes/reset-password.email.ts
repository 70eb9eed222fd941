import type { Audit } from '../audit/index.js'
import { defineEmail, type DueEmailJob } from '../mail/index.js'
import type { OneTimeTokens } from '../one-time-tokens/index.js'
import { lockRecipient } from '../users/index.js'

/** The client that requested the reset. The audit event is recorded later, when the outbox looks up the account. */
interface Requester {
  readonly ip: string
  readonly userAgent?: string
}

export const passwordResetEmail = defineEmail({
  name: 'RESET_PASSWORD',
  path: '/reset-password',
  texts: {
    en: {
      subject: 'Set a new password for {{product}}',
      paragraphs: [
        'We received a request to set a new password for your account with the address {{email}}.',
        'The link works once and expires after {{lifetime}}.',
      ],
      action: 'Set a new password',
      closing: ['If this was not you, ignore this e-mail. Nothing will change.'],
    },
    de: {
      subject: 'Neues Passwort für {{product}} festlegen',
      paragraphs: [
        'Wir haben eine Anfrage erhalten, für Ihr Konto mit der Adresse {{email}} ein neues Passwort festzulegen.',
        'Der Link funktioniert einmal und gilt {{lifetime}}.',
      ],
      action: 'Neues Passwort festlegen',
      closing: ['Wenn Sie das nicht waren, ignorieren Sie diese E-Mail. Es ändert sich nichts.'],
    },
    es: {
      subject: 'Elija una contraseña nueva para {{product}}',
      paragraphs: [
        'Hemos recibido una solicitud para elegir una contraseña nueva para su cuenta con la dirección {{email}}.',
        'El enlace funciona una sola vez y caduca en {{lifetime}}.',
      ],
      action: 'Elegir una contraseña nueva',
      closing: ['Si no ha sido usted, ignore este correo. No cambiará nada.'],
    },
  },
  async prepare(
    tx,
    { recipient, details, sealedToken, earlierToken }: DueEmailJob<Requester>,
    { tokens, audit }: { tokens: OneTimeTokens; audit: Audit },
  ) {
    const user = await lockRecipient(tx, recipient)
    if (!user || user.isDisabled) return null
    if (sealedToken === null) {
      const { ip = null, userAgent = null } = details
      const event = { type: 'PASSWORD_RESET_REQUESTED', targetId: user.id } as const
      await audit.record(tx, event, { ip, userAgent })
    }
    const request = { userId: user.id, purpose: 'RESET_PASSWORD', email: recipient } as const
    return { locale: user.locale, token: await tokens.reuseOrIssue(tx, request, earlierToken) }
  },
})
