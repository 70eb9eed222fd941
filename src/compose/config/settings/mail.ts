import { isLoopback } from '../../../platform/http/loopback.js'
import { mailFrom, smtpUrl, text } from '../value-types.js'
import { defineGroup } from './setting.js'

export const mail = defineGroup({
  title: 'Mail',
  settings: {
    SMTP_URL: {
      parse: smtpUrl,
      unset: 'none',
      secret: true,
      description:
        'The mail relay. Without it messages are only logged; in production nothing is sent.',
    },
    MAIL_FROM: {
      parse: mailFrom,
      unset: '`Latchkey <no-reply@...>`',
      description:
        'The sender of messages, whose name they use as the name of the service. Required with `SMTP_URL`.',
    },
    MAIL_TEMPLATES: {
      parse: text('a folder'),
      unset: 'the built-in ones',
      description: 'A folder with your own templates and texts.',
    },
  },
  toConfig: (values, { production, publicUrl, workers }) => {
    const from = values.MAIL_FROM ?? `Latchkey <no-reply@${new URL(publicUrl).hostname}>`
    return {
      mail: {
        /** Null: messages are logged (in production they are given up). */
        smtpUrl: values.SMTP_URL ?? null,
        /** Whether messages reach people: in development through the log. */
        canDeliver: !!values.SMTP_URL || !production,
        from,
        /** The name in `from`, by which messages call the service; null: `from` is a bare address. */
        senderName: /^(.*?)\s*</.exec(from)?.[1] || null,
        /** A folder of templates that replace the built-in ones; null: the built-in ones. */
        templatesFolder: values.MAIL_TEMPLATES ?? null,
        /** Whether developers can look at sent messages. */
        hasPreview: !production && isLoopback(new URL(publicUrl).hostname) && workers === 1, // shows only messages of its own process
      },
    }
  },
})
