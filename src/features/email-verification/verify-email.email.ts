import { defineEmail, type DueEmailJob } from '../mail/index.js'
import type { OneTimeTokens } from '../one-time-tokens/index.js'
import { lockRecipient } from '../users/index.js'

/** Verifies the address of an account. */
export const verificationEmail = defineEmail({
  name: 'VERIFY_EMAIL',
  path: '/verify-email',
  texts: {
    en: {
      subject: 'Confirm your address for {{product}}',
      paragraphs: [
        'Please confirm that the address {{email}} is yours. You will need the password that you chose.',
        'The link works once and expires after {{lifetime}}.',
      ],
      action: 'Confirm the address',
      closing: ['If you did not register, ignore this e-mail.'],
    },
    de: {
      subject: 'Bestätigen Sie Ihre Adresse für {{product}}',
      paragraphs: [
        'Bitte bestätigen Sie, dass die Adresse {{email}} Ihnen gehört. Dafür brauchen Sie das Passwort, das Sie gewählt haben.',
        'Der Link funktioniert einmal und gilt {{lifetime}}.',
      ],
      action: 'Adresse bestätigen',
      closing: ['Wenn Sie sich nicht registriert haben, ignorieren Sie diese E-Mail.'],
    },
    es: {
      subject: 'Confirme su dirección para {{product}}',
      paragraphs: [
        'Confirme, por favor, que la dirección {{email}} es suya. Necesitará la contraseña que eligió.',
        'El enlace funciona una sola vez y caduca en {{lifetime}}.',
      ],
      action: 'Confirmar la dirección',
      closing: ['Si usted no se ha registrado, ignore este correo.'],
    },
  },
  async prepare(
    tx,
    { recipient, earlierToken }: DueEmailJob,
    { tokens }: { tokens: OneTimeTokens },
  ) {
    const user = await lockRecipient(tx, recipient)
    if (!user || user.isDisabled || user.isVerified) return null
    const request = { userId: user.id, purpose: 'VERIFY_EMAIL', email: recipient } as const
    return { locale: user.locale, token: await tokens.reuseOrIssue(tx, request, earlierToken) }
  },
})
