import { definePage } from '../define-page.js'

/** Sets a new password. */
export const resetPassword = definePage({
  path: '/reset-password',
  hasToken: true,
  fields: [{ name: 'newPassword', type: 'password', autocomplete: 'new-password' }],
  document: `mutation ResetPassword($input: ResetPasswordInput!) {
    result: resetPassword(input: $input) { __typename ... on AuthError { code passwordProblems } }
  }`,
  texts: {
    en: {
      heading: 'Set a new password',
      intro: ({ least, most }) => `It must have ${least} to ${most} characters.`,
      fields: {
        newPassword: { label: 'New password', wrong: 'This password cannot be used.' },
      },
      button: 'Set password',
      note: null,
      done: {
        heading: 'Password changed',
        text: 'Your password has been changed. All devices are signed out: sign in with the new one.',
      },
      renew: { text: 'You can have a new link sent to you.', link: 'Ask for a new link' },
    },
    de: {
      heading: 'Neues Passwort festlegen',
      intro: ({ least, most }) => `Es muss ${least} bis ${most} Zeichen haben.`,
      fields: {
        newPassword: {
          label: 'Neues Passwort',
          wrong: 'Dieses Passwort kann nicht verwendet werden.',
        },
      },
      button: 'Passwort festlegen',
      note: null,
      done: {
        heading: 'Passwort geändert',
        text: 'Ihr Passwort wurde geändert. Alle Geräte sind abgemeldet: Melden Sie sich mit dem neuen an.',
      },
      renew: {
        text: 'Sie können sich einen neuen Link schicken lassen.',
        link: 'Neuen Link anfordern',
      },
    },
    es: {
      heading: 'Establezca una contraseña nueva',
      intro: ({ least, most }) => `Debe tener entre ${least} y ${most} caracteres.`,
      fields: {
        newPassword: { label: 'Contraseña nueva', wrong: 'Esta contraseña no se puede usar.' },
      },
      button: 'Establecer la contraseña',
      note: null,
      done: {
        heading: 'Contraseña cambiada',
        text: 'Su contraseña ha sido cambiada. Se ha cerrado la sesión en todos los dispositivos: inicie sesión con la nueva.',
      },
      renew: { text: 'Puede pedir que le enviemos otro enlace.', link: 'Pedir otro enlace' },
    },
  },
})
