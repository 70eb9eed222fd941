import { definePage } from '../define-page.js'

/** Confirms a new address from its mailbox. */
export const confirmEmailChangePage = definePage({
  path: '/confirm-email-change',
  hasToken: true,
  fields: [{ name: 'password', type: 'password', autocomplete: 'current-password' }],
  showsNewEmail: true,
  document: `mutation ConfirmEmailChange($input: ConfirmEmailChangeInput!) {
    result: confirmEmailChange(input: $input) { __typename ... on AuthError { code } }
  }`,
  texts: {
    en: {
      heading: 'Confirm your new address',
      intro: ({ newEmail }) =>
        newEmail === null
          ? 'Enter the password of your account. After that, you sign in with the new address.'
          : `Enter the password of your account. After that, its address is ${newEmail}.`,
      fields: { password: { label: 'Password', errorText: 'The password is wrong.' } },
      button: 'Confirm',
      note: {
        text: 'Did you not request this? Then close this page. Otherwise your address would become part of another person’s account.',
        link: null,
      },
      done: {
        heading: 'Address changed',
        text: 'Your address has been changed. Other devices are signed out. From now on, sign in with the new address.',
      },
      newLinkNote: {
        text: 'If your address has already been changed, you do not need to do anything. Otherwise open the latest e-mail, or request the change again.',
        link: null,
      },
    },
    de: {
      heading: 'Neue Adresse bestätigen',
      intro: ({ newEmail }) =>
        newEmail === null
          ? 'Geben Sie das Passwort Ihres Kontos ein. Danach melden Sie sich mit der neuen Adresse an.'
          : `Geben Sie das Passwort Ihres Kontos ein. Danach hat das Konto die Adresse ${newEmail}.`,
      fields: { password: { label: 'Passwort', errorText: 'Das Passwort ist falsch.' } },
      button: 'Bestätigen',
      note: {
        text: 'Haben Sie das nicht beantragt? Dann schließen Sie diese Seite. Sonst würde Ihre Adresse zum Konto einer anderen Person gehören.',
        link: null,
      },
      done: {
        heading: 'Adresse geändert',
        text: 'Ihre Adresse wurde geändert. Andere Geräte sind abgemeldet. Melden Sie sich ab sofort mit der neuen Adresse an.',
      },
      newLinkNote: {
        text: 'Wenn Ihre Adresse schon geändert ist, müssen Sie nichts tun. Andernfalls öffnen Sie die neueste E-Mail, oder beantragen Sie die Änderung noch einmal.',
        link: null,
      },
    },
    es: {
      heading: 'Confirme su nueva dirección',
      intro: ({ newEmail }) =>
        newEmail === null
          ? 'Introduzca la contraseña de su cuenta. Después, inicie sesión con la nueva dirección.'
          : `Introduzca la contraseña de su cuenta. Después, su dirección será ${newEmail}.`,
      fields: { password: { label: 'Contraseña', errorText: 'La contraseña no es correcta.' } },
      button: 'Confirmar',
      note: {
        text: '¿No lo ha solicitado usted? Entonces cierre esta página. De lo contrario, su dirección pasaría a pertenecer a la cuenta de otra persona.',
        link: null,
      },
      done: {
        heading: 'Dirección cambiada',
        text: 'Su dirección ha cambiado. Se ha cerrado la sesión en otros dispositivos. A partir de ahora, inicie sesión con la nueva dirección.',
      },
      newLinkNote: {
        text: 'Si su dirección ya ha cambiado, no tiene que hacer nada más. En caso contrario, abra el correo más reciente o solicite el cambio de nuevo.',
        link: null,
      },
    },
  },
})
