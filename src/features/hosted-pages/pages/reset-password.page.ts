import { definePage } from '../define-page.js'

/** Sets a new password. */
export const resetPasswordPage = definePage({
  path: '/reset-password',
  hasToken: true,
  fields: [{ name: 'newPassword', type: 'password', autocomplete: 'new-password' }],
  document: `mutation ResetPassword($input: ResetPasswordInput!) {
    result: resetPassword(input: $input) { __typename ... on AuthError { code passwordProblems } }
  }`,
  texts: {
    en: {
      heading: 'Set a new password',
      intro: ({ minLength, maxLength }) => `It must have ${minLength} to ${maxLength} characters.`,
      fields: {
        newPassword: { label: 'New password', errorText: 'This password cannot be used.' },
      },
      button: 'Set password',
      note: null,
      done: {
        heading: 'Password changed',
        text: 'Your password has been changed. All devices are signed out. Sign in with the new password.',
      },
      newLinkNote: { text: 'We can send you a new link.', link: 'Request a new link' },
    },
    de: {
      heading: 'Neues Passwort festlegen',
      intro: ({ minLength, maxLength }) => `Es muss ${minLength} bis ${maxLength} Zeichen haben.`,
      fields: {
        newPassword: {
          label: 'Neues Passwort',
          errorText: 'Dieses Passwort kann nicht verwendet werden.',
        },
      },
      button: 'Passwort festlegen',
      note: null,
      done: {
        heading: 'Passwort geändert',
        text: 'Ihr Passwort wurde geändert. Alle Geräte sind abgemeldet. Melden Sie sich mit dem neuen Passwort an.',
      },
      newLinkNote: {
        text: 'Wir können Ihnen einen neuen Link senden.',
        link: 'Neuen Link anfordern',
      },
    },
    es: {
      heading: 'Elija una contraseña nueva',
      intro: ({ minLength, maxLength }) =>
        `Debe tener entre ${minLength} y ${maxLength} caracteres.`,
      fields: {
        newPassword: { label: 'Contraseña nueva', errorText: 'Esta contraseña no se puede usar.' },
      },
      button: 'Establecer la contraseña',
      note: null,
      done: {
        heading: 'Contraseña cambiada',
        text: 'Su contraseña ha cambiado. Se ha cerrado la sesión en todos los dispositivos. Inicie sesión con la contraseña nueva.',
      },
      newLinkNote: { text: 'Podemos enviarle otro enlace.', link: 'Solicitar otro enlace' },
    },
  },
})
