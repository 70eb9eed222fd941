import { definePage } from '../define-page.js'

/** Requests the link that sets a new password. */
export const forgotPasswordPage = definePage({
  path: '/forgot-password',
  hasToken: false,
  fields: [{ name: 'email', type: 'email', autocomplete: 'email' }],
  document: `mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
    result: requestPasswordReset(input: $input) { __typename }
  }`,
  texts: {
    en: {
      heading: 'Forgot your password?',
      intro: () =>
        'Enter the address of your account. We will send you an e-mail with a link to set a new password.',
      fields: {
        email: {
          label: 'E-mail address',
          errorText: 'This is not an e-mail address. It should look like ana@example.com.',
        },
      },
      button: 'Send e-mail',
      note: null,
      done: {
        heading: 'Check your mailbox',
        text: 'If there is an account with this address, we have sent you an e-mail.',
      },
      newLinkNote: null,
    },
    de: {
      heading: 'Passwort vergessen?',
      intro: () =>
        'Geben Sie die Adresse Ihres Kontos ein. Wir senden Ihnen eine E-Mail mit einem Link, über den Sie ein neues Passwort festlegen können.',
      fields: {
        email: {
          label: 'E-Mail-Adresse',
          errorText: 'Das ist keine E-Mail-Adresse. Sie sollte aussehen wie ana@example.com.',
        },
      },
      button: 'E-Mail senden',
      note: null,
      done: {
        heading: 'Prüfen Sie Ihr Postfach',
        text: 'Wenn es ein Konto mit dieser Adresse gibt, haben wir Ihnen eine E-Mail gesendet.',
      },
      newLinkNote: null,
    },
    es: {
      heading: '¿Ha olvidado su contraseña?',
      intro: () =>
        'Introduzca la dirección de su cuenta. Le enviaremos un correo con un enlace para elegir una contraseña nueva.',
      fields: {
        email: {
          label: 'Correo electrónico',
          errorText: 'Esto no es una dirección de correo. Debería ser como ana@example.com.',
        },
      },
      button: 'Enviar el correo',
      note: null,
      done: {
        heading: 'Revise su correo',
        text: 'Si existe una cuenta con esta dirección, le hemos enviado un correo.',
      },
      newLinkNote: null,
    },
  },
})
