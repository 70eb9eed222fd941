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
          ? 'Enter the password of your account. From then on, you sign in with the new address.'
          : `Enter the password of your account. From then on, its address is ${newEmail}.`,
      fields: { password: { label: 'Password', errorText: 'The password is wrong.' } },
      button: 'Confirm',
      note: {
        text: 'You did not ask for this? Then close this page: your address would belong to the account of somebody else.',
        link: null,
      },
      done: {
        heading: 'Address changed',
        text: 'Your address has been changed, and other devices are signed out. From now on, sign in with the new address.',
      },
      newLinkNote: {
        text: 'If your address has been changed already, there is nothing left to do. Otherwise open the newest message, or ask for the change once more.',
        link: null,
      },
    },
    de: {
      heading: 'Neue Adresse bestätigen',
      intro: ({ newEmail }) =>
        newEmail === null
          ? 'Geben Sie das Passwort Ihres Kontos ein. Von da an melden Sie sich mit der neuen Adresse an.'
          : `Geben Sie das Passwort Ihres Kontos ein. Von da an ist ${newEmail} seine Adresse.`,
      fields: { password: { label: 'Passwort', errorText: 'Das Passwort ist falsch.' } },
      button: 'Bestätigen',
      note: {
        text: 'Sie haben das nicht veranlasst? Dann schließen Sie diese Seite: Ihre Adresse würde zum Konto eines anderen gehören.',
        link: null,
      },
      done: {
        heading: 'Adresse geändert',
        text: 'Ihre Adresse wurde geändert, und andere Geräte sind abgemeldet. Melden Sie sich von jetzt an mit der neuen Adresse an.',
      },
      newLinkNote: {
        text: 'Wenn Ihre Adresse schon geändert ist, bleibt nichts zu tun. Sonst öffnen Sie die neueste Nachricht, oder beantragen Sie die Änderung noch einmal.',
        link: null,
      },
    },
    es: {
      heading: 'Confirme su nueva dirección',
      intro: ({ newEmail }) =>
        newEmail === null
          ? 'Introduzca la contraseña de su cuenta. A partir de entonces, iniciará sesión con la nueva dirección.'
          : `Introduzca la contraseña de su cuenta. A partir de entonces, su dirección será ${newEmail}.`,
      fields: { password: { label: 'Contraseña', errorText: 'La contraseña no es correcta.' } },
      button: 'Confirmar',
      note: {
        text: '¿No lo ha pedido usted? Entonces cierre esta página: su dirección pasaría a ser la de la cuenta de otra persona.',
        link: null,
      },
      done: {
        heading: 'Dirección cambiada',
        text: 'Su dirección ha sido cambiada y se ha cerrado la sesión en otros dispositivos. A partir de ahora, inicie sesión con la nueva dirección.',
      },
      newLinkNote: {
        text: 'Si su dirección ya ha sido cambiada, no tiene que hacer nada más. Si no, abra el mensaje más reciente o solicite el cambio de nuevo.',
        link: null,
      },
    },
  },
})
