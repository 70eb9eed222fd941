import type { Audit } from '../../audit/index.js'
import { defineEmail, type DueEmailJob } from '../../mail/index.js'
import type { OneTimeTokens } from '../../one-time-tokens/index.js'
import { lockRecipient } from '../../users/index.js'

/** Who asked: for the audit log, which learns of it when the account is looked up. */
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
        'Somebody, hopefully you, asked to set a new password for your account with the address {{email}}.',
        'The link works once, for {{lifetime}}.',
      ],
      action: 'Set a new password',
      closing: ['If it was not you, ignore this message: nothing changes.'],
    },
    de: {
      subject: 'Neues Passwort für {{product}} festlegen',
      paragraphs: [
        'Jemand, hoffentlich Sie, möchte für Ihr Konto mit der Adresse {{email}} ein neues Passwort festlegen.',
        'Der Link gilt einmal und für {{lifetime}}.',
      ],
      action: 'Neues Passwort festlegen',
      closing: ['Wenn Sie das nicht waren, ignorieren Sie diese Nachricht: Es ändert sich nichts.'],
    },
    es: {
      subject: 'Elija una contraseña nueva para {{product}}',
      paragraphs: [
        'Alguien, esperamos que usted, ha pedido elegir una contraseña nueva para su cuenta con la dirección {{email}}.',
        'El enlace funciona una sola vez, durante {{lifetime}}.',
      ],
      action: 'Elegir una contraseña nueva',
      closing: ['Si no ha sido usted, ignore este mensaje: no cambiará nada.'],
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
