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
        'Enter the address of your account. The message that we send has a link to set a new password.',
      fields: {
        email: {
          label: 'E-mail address',
          errorText: 'This is not an e-mail address. It should look like ana@example.com.',
        },
      },
      button: 'Send message',
      note: null,
      done: {
        heading: 'Check your mail',
        text: 'If there is an account with this address, a message is on its way.',
      },
      newLinkNote: null,
    },
    de: {
      heading: 'Passwort vergessen?',
      intro: () =>
        'Geben Sie die Adresse Ihres Kontos ein. Wir schicken Ihnen eine Nachricht mit einem Link, über den Sie ein neues Passwort festlegen können.',
      fields: {
        email: {
          label: 'E-Mail-Adresse',
          errorText: 'Das ist keine E-Mail-Adresse. Sie sollte aussehen wie ana@example.com.',
        },
      },
      button: 'Nachricht senden',
      note: null,
      done: {
        heading: 'Sehen Sie in Ihr Postfach',
        text: 'Wenn es ein Konto mit dieser Adresse gibt, ist eine Nachricht unterwegs.',
      },
      newLinkNote: null,
    },
    es: {
      heading: '¿Ha olvidado su contraseña?',
      intro: () =>
        'Introduzca la dirección de su cuenta. Le enviaremos un mensaje con un enlace para establecer una contraseña nueva.',
      fields: {
        email: {
          label: 'Correo electrónico',
          errorText: 'Esto no es una dirección de correo. Debería ser como ana@example.com.',
        },
      },
      button: 'Enviar el mensaje',
      note: null,
      done: {
        heading: 'Revise su correo',
        text: 'Si existe una cuenta con esta dirección, hay un mensaje en camino.',
      },
      newLinkNote: null,
    },
  },
})
